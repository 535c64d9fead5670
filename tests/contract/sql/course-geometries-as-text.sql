select St_AsText(lookup('courses', 'courseMap', 'shortName', course)) as map,
       St_AsText(lookup('courses', 'geoFenceLocation', 'shortName', course)) as fence,
       St_AsText(lookup('courses', 'startLocation', 'shortName', course)) as startLocation,
       St_AsText(lookup('courses', 'endLocation', 'shortName', course)) as endLocation
from races
where runId = '11111111-2222-4333-8444-555555555555'
