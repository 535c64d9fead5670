select runId, lookup('courses', 'longName', 'shortName', course) as courseName,
       lookup('courses', 'distance', 'shortName', course) as courseDistance
from races
where course = 'crystal'
