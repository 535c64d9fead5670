select competitorId, roundDecimal(distance / 1000, 2) as km, round(distance, 100) as hundreds
from parkrun
where runId = '11111111-2222-4333-8444-555555555555'
order by competitorId
