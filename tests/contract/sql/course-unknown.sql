select course, lookup('courses', 'longName', 'shortName', course) as courseName,
       lookup('courses', 'courseMap', 'shortName', course) as map
from races
where course = 'richmond'
