select competitorId,
    distance AS distanceCovered,
    round(4966 - distance, 1) AS distanceToGo,
    ToDateTime(1000 / (distance / rawTime) * 1000, 'HH:mm:ss') AS pacePerKm,
    ToDateTime(rawTime * 1000, 'mm:ss') AS raceTime
from parkrun
WHERE runId = '11111111-2222-4333-8444-555555555555'
ORDER BY distanceToGo, rawTime
limit 10
