select max(rawTime) as a, min(rawTime) as b, sum(distance) as c, count(*) as e
from parkrun
where runId = 'nobody'
