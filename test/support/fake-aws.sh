#!/bin/sh
# A target group as far as docs/examples/alb.sh asks for it. In $ALB_FOLDER: `now` (seconds), `left.ADDRESS` (when it was
# deregistered), `lie.ADDRESS` (said once, instead of the truth).
set -eu
for word; do case $word in Id=*) address=${word#Id=}; address=${address%%,*} ;; esac; done
cd "$ALB_FOLDER"
echo "$2 $address" >>calls
case $2 in
  describe-target-health)
    if [ -e "lie.$address" ] && [ -e "left.$address" ]; then
      cat "lie.$address"; rm "lie.$address"
    elif [ ! -e "left.$address" ]; then echo healthy
    elif [ $(($(cat now) - $(cat "left.$address"))) -lt 60 ]; then echo draining
    else echo unused; fi
    ;;
  deregister-targets) [ -e "left.$address" ] || cp now "left.$address" ;;
  register-targets) rm -f "left.$address" ;;
esac
