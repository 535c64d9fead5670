select count(*) as running
from parkrun
where runId = '11111111-2222-4333-8444-555555555555' and location <> ST_GeogFromText('POINT(-0.064245 51.419386)')
