select competitorId, rawTime
from parkrun
where runId = '11111111-2222-4333-8444-555555555555'
  and ST_Contains(ST_GeogFromText('POLYGON((-0.07 51.41,-0.06 51.41,-0.06 51.4192,-0.07 51.4192,-0.07 51.41))'), location) = 1
order by competitorId, rawTime
limit 100
option(skipUpsert=true)
