select max(rawTime) as a, min(rawTime) as b, sum(distance) as c, avg(rawTime) as d, count(*) as e
from parkrun
where runId = '11111111-2222-4333-8444-555555555555' and competitorId <= 2
