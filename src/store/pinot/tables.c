/* tables.c: schemas and configurations as they are sent to Pinot's controller. They are text and
 * not built from parts, so that they can be compared with Pinot's documentation line by line. */
#include "store/pinot/tables.h"

#include "feed/feed.h"

#include <jansson.h>
#include <string.h>

const char *const pinot_table_name[PINOT_TABLES] = {"courses", "races", "parkrun"};
const char *const pinot_table_type[PINOT_TABLES] = {"OFFLINE", "REALTIME", "REALTIME"};

static const char *const schema[PINOT_TABLES] = {
    [PINOT_COURSES] = "{\"schemaName\": \"courses\",\n"
                      " \"primaryKeyColumns\": [\"shortName\"],\n"
                      " \"dimensionFieldSpecs\": [\n"
                      "  {\"name\": \"shortName\", \"dataType\": \"STRING\"},\n"
                      "  {\"name\": \"longName\", \"dataType\": \"STRING\"},\n"
                      "  {\"name\": \"distance\", \"dataType\": \"DOUBLE\"},\n"
                      "  {\"name\": \"courseMap\", \"dataType\": \"BYTES\"},\n"
                      "  {\"name\": \"geoFenceLocation\", \"dataType\": \"BYTES\"},\n"
                      "  {\"name\": \"startLocation\", \"dataType\": \"BYTES\"},\n"
                      "  {\"name\": \"endLocation\", \"dataType\": \"BYTES\"}]}\n",
    [PINOT_RACES] = "{\"schemaName\": \"races\",\n"
                    " \"primaryKeyColumns\": [\"runId\"],\n"
                    " \"dimensionFieldSpecs\": [\n"
                    "  {\"name\": \"runId\", \"dataType\": \"STRING\"},\n"
                    "  {\"name\": \"course\", \"dataType\": \"STRING\"},\n"
                    "  {\"name\": \"state\", \"dataType\": \"STRING\"},\n"
                    "  {\"name\": \"driver\", \"dataType\": \"STRING\"},\n"
                    "  {\"name\": \"spec\", \"dataType\": \"STRING\", \"maxLength\": 1048576}],\n"
                    " \"dateTimeFieldSpecs\": [\n"
                    "  {\"name\": \"startTime\", \"dataType\": \"TIMESTAMP\", \"format\": "
                    "\"1:MILLISECONDS:TIMESTAMP\",\n"
                    "   \"granularity\": \"1:MILLISECONDS\"}]}\n",
    [PINOT_PARKRUN] =
        "{\"schemaName\": \"parkrun\",\n"
        " \"primaryKeyColumns\": [\"runId\", \"competitorId\"],\n"
        " \"dimensionFieldSpecs\": [\n"
        "  {\"name\": \"runId\", \"dataType\": \"STRING\"},\n"
        "  {\"name\": \"eventId\", \"dataType\": \"STRING\"},\n"
        "  {\"name\": \"competitorId\", \"dataType\": \"LONG\"},\n"
        "  {\"name\": \"rawTime\", \"dataType\": \"INT\"},\n"
        "  {\"name\": \"lat\", \"dataType\": \"DOUBLE\"},\n"
        "  {\"name\": \"lon\", \"dataType\": \"DOUBLE\"},\n"
        "  {\"name\": \"location\", \"dataType\": \"BYTES\"},\n"
        "  {\"name\": \"course\", \"dataType\": \"STRING\"}],\n"
        " \"metricFieldSpecs\": [{\"name\": \"distance\", \"dataType\": \"DOUBLE\"}],\n"
        " \"dateTimeFieldSpecs\": [\n"
        "  {\"name\": \"timestamp\", \"dataType\": \"TIMESTAMP\", \"format\": "
        "\"1:MILLISECONDS:TIMESTAMP\",\n"
        "   \"granularity\": \"1:MILLISECONDS\"}]}\n",
};

/* Static. */
const char *pinot_table_schema(enum pinot_table t)
{
    return schema[t];
}

/* One rule for closing segments, and one that seldom applies, because closing a segment makes the
 * lag jump. A fetch that comes back empty is followed by a pause of 100 ms (Pinot's own), so it
 * waits for longer than there is between two ticks, even if the second one is late. What is not
 * Pinot's own setting goes to the Kafka consumer under its name: a fetch has to hold a whole
 * transaction. */
static void add_stream(struct buf *out, const char *topic, const char *brokers)
{
    buf_adds(
        out, "\"streamConfigs\": {\n  \"streamType\": \"kafka\",\n  \"stream.kafka.topic.name\": ");
    buf_add_json(out, topic);
    buf_adds(out, ",\n  \"stream.kafka.broker.list\": ");
    buf_add_json(out, brokers);
    buf_adds(out, ",\n  \"stream.kafka.consumer.type\": \"lowlevel\",\n"
                  "  \"stream.kafka.consumer.prop.auto.offset.reset\": \"smallest\",\n"
                  "  \"stream.kafka.isolation.level\": \"read_committed\",\n"
                  "  \"stream.kafka.fetch.timeout.millis\": \"3000\",\n"
                  "  \"max.partition.fetch.bytes\": \"" FEED_FETCH_BYTES_TEXT "\",\n"
                  "  \"stream.kafka.consumer.factory.class.name\": "
                  "\"org.apache.pinot.plugin.stream.kafka20.KafkaConsumerFactory\",\n"
                  "  \"stream.kafka.decoder.class.name\": "
                  "\"org.apache.pinot.plugin.stream.kafka.KafkaJSONMessageDecoder\",\n"
                  "  \"realtime.segment.flush.threshold.rows\": \"0\",\n"
                  "  \"realtime.segment.flush.threshold.time\": \"24h\",\n"
                  "  \"realtime.segment.flush.threshold.segment.size\": \"500M\",\n"
                  "  \"realtime.segment.flush.autotune.initialRows\": \"5000000\"}");
}

/* The start of a table that reads a topic. Upsert: of each primary key the latest row is shown. The
 * caller adds the rest and the closing bracket. */
static void add_realtime(struct buf *out, const char *table, const char *time_column,
    const char *indexes, const char *brokers)
{
    buf_addf(out, "{\"tableName\": \"%s\", \"tableType\": \"REALTIME\",\n", table);
    buf_addf(out,
        " \"segmentsConfig\": {\"timeColumnName\": \"%s\", \"schemaName\": \"%s\", "
        "\"replication\": \"1\",\n"
        "  \"replicasPerPartition\": \"1\"},\n",
        time_column, table);
    buf_adds(out, " \"tenants\": {\"broker\": \"DefaultTenant\", \"server\": \"DefaultTenant\"},\n"
                  " \"upsertConfig\": {\"mode\": \"FULL\"},\n"
                  " \"routing\": {\"instanceSelectorType\": \"strictReplicaGroup\"},\n"
                  " \"metadata\": {},\n");
    buf_addf(out, " \"tableIndexConfig\": {\"loadMode\": \"MMAP\", %s", indexes);
    add_stream(out, table, brokers);
    buf_adds(out, "}");
}

/* Pinot drops the records for which this is true. Without it a record that lacks a place gets an
 * empty location. Pinot cannot index that when it closes the segment, and then consumes nothing
 * from that partition any more. */
static const char not_an_event[] =
    "or(isNull(runId), isNull(eventId), isNull(competitorId), isNull(course), "
    "isNull(\"timestamp\"), "
    "isNull(rawTime), isNull(lat), isNull(lon), isNull(distance), lessThan(rawTime, 0), "
    "lessThan(distance, 0), not(between(lat, -90, 90)), not(between(lon, -180, 180)))";

void pinot_table_config(enum pinot_table t, const char *brokers, struct buf *out)
{
    if (t == PINOT_COURSES) {
        buf_adds(out,
            "{\"tableName\": \"courses\", \"tableType\": \"OFFLINE\", \"isDimTable\": true,\n"
            " \"segmentsConfig\": {\"schemaName\": \"courses\", \"replication\": \"1\", "
            "\"segmentPushType\": \"REFRESH\"},\n"
            " \"tenants\": {\"broker\": \"DefaultTenant\", \"server\": \"DefaultTenant\"},\n"
            " \"tableIndexConfig\": {\"loadMode\": \"MMAP\"},\n"
            " \"quota\": {\"storage\": \"200M\"},\n"
            " \"metadata\": {},\n"
            " \"ingestionConfig\": {\n"
            "  \"batchIngestionConfig\": {\"segmentIngestionType\": \"REFRESH\", "
            "\"segmentIngestionFrequency\": \"DAILY\"},\n"
            "  \"transformConfigs\": [\n"
            "   {\"columnName\": \"courseMap\", \"transformFunction\": \"ST_GeogFromText(map)\"},\n"
            "   {\"columnName\": \"geoFenceLocation\", \"transformFunction\": "
            "\"ST_GeogFromText(geoFence)\"},\n"
            "   {\"columnName\": \"startLocation\", \"transformFunction\": "
            "\"ST_GeogFromText(\\\"start\\\")\"},\n"
            "   {\"columnName\": \"endLocation\", \"transformFunction\": "
            "\"ST_GeogFromText(\\\"end\\\")\"}]}}\n");
        return;
    }
    if (t == PINOT_RACES) {
        /* Only records that a server has published: they are all in the partition of their runId.
         * Another producer's, which may be in any, would be a second row of the same race.
         * startTime never changes; of equal comparison values the later arrival wins. */
        add_realtime(out, "races", "startTime", "", brokers);
        buf_adds(out, ",\n \"ingestionConfig\": {\"filterConfig\": {\"filterFunction\": "
                      "\"isNull(spec)\"}}}\n");
        return;
    }
    add_realtime(out, "parkrun", "timestamp",
        "\"invertedIndexColumns\": [\"runId\"], \"noDictionaryColumns\": [\"location\", "
        "\"eventId\", \"lat\", \"lon\", \"distance\"],\n  ",
        brokers);
    buf_adds(out, ",\n \"fieldConfigList\": [{\"name\": \"location\", \"encodingType\": \"RAW\", "
                  "\"indexType\": \"H3\",\n"
                  "  \"properties\": {\"resolutions\": \"5\"}}],\n"
                  " \"ingestionConfig\": {\n  \"filterConfig\": {\"filterFunction\": ");
    buf_add_json(out, not_an_event);
    buf_adds(out, "},\n  \"transformConfigs\": [{\"columnName\": \"location\",\n"
                  "   \"transformFunction\": \"toSphericalGeography(stPoint(lon, lat))\"}]}}\n");
}

/* A fixed segment name, or every load would append; the JSON map is escaped for a URL. */
const char pinot_table_load_path[] =
    "/ingestFromFile?tableNameWithType=courses_OFFLINE&batchConfigMapStr="
    "%7B%22inputFormat%22%3A%22csv%22%2C%22recordReader.prop.delimiter%22%3A%22%2C%22%2C"
    "%22recordReader.prop.multiValueDelimiterEnabled%22%3A%22false%22%2C"
    "%22segmentNameGenerator.type%22%3A%22fixed%22%2C"
    "%22segmentNameGenerator.configs.segment.name%22%3A%22courses_0%22%7D";

bool pinot_table_unknown(const struct buf *answer, struct buf *keys)
{
    json_t *j = json_loadb(answer->data ? answer->data : "", answer->len, 0, NULL), *value;
    const char *key;

    json_object_foreach(json_object_get(j, "unrecognizedProperties"), key, value)
    {
        if (strcmp(key, "/segmentsConfig/schemaName") != 0)
            buf_addf(keys, "%s%.100s", keys->len ? ", " : "", key);
    }
    json_decref(j);
    return keys->len > 0;
}
