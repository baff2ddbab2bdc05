#!/bin/sh
# An Application Load Balancer of AWS as gha's balancer.
#
#   alb.sh list   gf1=10.0.0.11:3000 gf2=10.0.0.12:3000 …
#   alb.sh status | drain | undrain   gf1 10.0.0.11 3000
#
# TARGET_GROUP in the environment of gha is the ARN of the target group; its targets are addresses.
# The ALB says `draining` for as long as the group's deregistration delay, and `unused` after it.
set -eu

health() {
  aws elbv2 describe-target-health --target-group-arn "$TARGET_GROUP" --targets "Id=$1,Port=$2" \
    --query 'TargetHealthDescriptions[0].TargetHealth.State' --output text
}

say() {
  said=$(health "$2" "$3")
  case $said in
    healthy) echo "$1 in" ;;
    draining) echo "$1 drain" ;;
    unused) echo "$1 out" ;;
    *) echo "{\"server\": \"$1\", \"state\": \"down\", \"words\": \"$said\"}" ;;
  esac
}

verb=$1
shift
case $verb in
  list)
    for target; do
      place=${target#*=}
      say "${target%%=*}" "${place%:*}" "${place##*:}"
    done
    ;;
  status) say "$@" ;;
  drain) aws elbv2 deregister-targets --target-group-arn "$TARGET_GROUP" --targets "Id=$2,Port=$3" ;;
  undrain) aws elbv2 register-targets --target-group-arn "$TARGET_GROUP" --targets "Id=$2,Port=$3" ;;
  *)
    echo "unknown command $verb" >&2
    exit 64
    ;;
esac
