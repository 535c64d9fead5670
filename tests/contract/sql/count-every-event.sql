SET skipUpsert=true;
select count(*) from parkrun
