#!/usr/bin/env bash
# Gives Kibana its password, Logstash a user that may write logs and no more, and the logs their template; may
# be run again.
set -euo pipefail
ask() { curl --silent --show-error --fail-with-body -u "elastic:$ELASTIC_PASSWORD" -H 'Content-Type: application/json' "$@"; }
ask -X POST http://elasticsearch:9200/_security/user/kibana_system/_password -d "{\"password\":\"$KIBANA_PASSWORD\"}"
ask -X PUT http://elasticsearch:9200/_index_template/workflow-platform --data-binary @/index-template.json
ask -X PUT http://elasticsearch:9200/_security/role/workflow_platform_writer -d '{
  "cluster": ["monitor"],
  "indices": [{ "names": ["logs-workflow_platform-*"], "privileges": ["auto_configure", "create_doc"] }]
}'
ask -X PUT http://elasticsearch:9200/_security/user/workflow_platform_writer \
    -d "{\"password\":\"$LOGSTASH_PASSWORD\",\"roles\":[\"workflow_platform_writer\"]}"
