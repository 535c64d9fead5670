select lookup('courses', 'courseMap', 'shortName', course) as map,
       lookup('courses', 'geoFenceLocation', 'shortName', course) as fence,
       lookup('courses', 'startLocation', 'shortName', course) as startLocation,
       lookup('courses', 'endLocation', 'shortName', course) as endLocation
from races
where runId = '11111111-2222-4333-8444-555555555555'
