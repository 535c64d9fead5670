select competitorId, lat, lon, ST_AsText(location) as place
from parkrun
where runId = '11111111-2222-4333-8444-555555555555'
  and ST_Contains(toGeometry(lookup('courses', 'geoFenceLocation', 'shortName', course)), toGeometry(location)) = 1
order by competitorId
