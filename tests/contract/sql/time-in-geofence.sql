select competitorId, max("timestamp") - min("timestamp") as timeSpent
from parkrun
where runId = '11111111-2222-4333-8444-555555555555'
  and ST_Contains(toGeometry(lookup('courses', 'geoFenceLocation', 'shortName', course)), toGeometry(location)) = 1
group by competitorId
order by competitorId
limit 100
option(skipUpsert=true)
