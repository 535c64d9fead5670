/*
 * contract_sql.h: the statements of sql/ (NAME.sql with its answer in NAME.json), which every store
 * answers alike. The data are sql/events.ndjson: a race on crystal, and one of another producer on
 * a course nobody knows.
 */
#ifndef TESTS_CONTRACT_SQL_H
#define TESTS_CONTRACT_SQL_H

#include "store_contract.h"

/* Returns the number of tests that failed. */
int contract_sql_run(const struct store_factory *f);

#endif
