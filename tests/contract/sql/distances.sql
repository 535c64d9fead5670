select competitorId, round(ST_Distance(location, ST_Point(-0.064245, 51.419386, 1)), 1) as metres,
       ST_Distance(ST_Point(0, 0), ST_Point(3, 4)) as degrees
from parkrun
where runId = '11111111-2222-4333-8444-555555555555' and competitorId <= 3
order by competitorId
