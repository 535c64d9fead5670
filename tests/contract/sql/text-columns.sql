select 'front' as place, competitorId, 'it''s them' as remark
from parkrun
where runId = '11111111-2222-4333-8444-555555555555' and rawTime >= 1200
order by distance desc, competitorId
