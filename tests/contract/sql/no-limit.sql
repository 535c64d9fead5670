select competitorId, rawTime
from parkrun
where runId = '11111111-2222-4333-8444-555555555555'
order by competitorId, rawTime
option(skipUpsert=true)
