#!/bin/sh
# Makes the namespace, once. Closed workflows are kept for 30 days; the record is in Handback's ledger, not here.
set -eu

namespace=${HANDBACK_TEMPORAL_NAMESPACE:-default}

temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$namespace" --retention 30d
