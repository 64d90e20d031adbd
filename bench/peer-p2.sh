#!/bin/sh
# CloudVolume with two processes, under the names of the operations of one. usage: peer-p2.sh PYTHON SCRIPT ROOT WORKLOAD --op OP
"$1" "$2" "$3" "$4" --op "$6_p2" | sed 's/_p2"/"/'
