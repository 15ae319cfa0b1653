# The wrapper: takes one attempt, runs its steps, and leaves how they ended, whether or not the
# host that wanted it still lives. Builtins wherever they exist: each fork costs as much as the
# rest of this script.
#
# It is started before there is an attempt for it, since starting two programs takes longer than all
# that follows, and waits for a line on stdin: the attempt's id, a space and its folder. It says
# `taken` on stdout once it has one; what it prints from then on goes to descriptor 3.
#
# usage: sh wrapper.sh BOOT_ID OUTER_ANCESTRY UMASK [LC_ALL] (in a session of its own; the last two are
# for the steps)

set -f
hopper_boot=$1
hopper_ancestry=$2
hopper_umask=$3
if [ $# -gt 3 ]; then LC_ALL=$4; else unset LC_ALL; fi
read -r hopper_stat <"/proc/$$/stat"
# With two arguments before the fields from the third on, field 22 (start time) is ${22}.
set -- "$1" "$2" ${hopper_stat##*") "}
hopper_start=${22}

IFS= read -r hopper_line || exit 0
printf taken
exec >&3 3>&-
set -- "${hopper_line#* }" "${hopper_line%% *}"
export HOPPER_ANCESTRY="$hopper_ancestry$2"

# Handled, not ignored: a stop reaches the whole session, and the wrapper must live to write the
# end down, while its steps start with the default handling. SIGPIPE comes when the host is gone.
hopper_stopped=
trap 'hopper_stopped=1' HUP INT QUIT TERM
trap ':' PIPE

# What the wrapper itself makes is for its user alone.
umask 077
hopper_folder=$1
cd -- "$1" || exit 1
hopper_claim="{\"pid\":$$,\"startTime\":\"$hopper_start\",\"bootId\":\"$hopper_boot\"}"

# Whoever makes `started` runs the attempt: noclobber opens it exclusively. Its one line is one write,
# and readers take a file without it for "taken, not yet known by whom". (A link of a finished file
# would need a program, and that alone costs as much as the rest of this script.)
set -C
if ! { true >started; } 2>/dev/null; then
  printf 'taken %s\n' "$2"
  exit 0
fi
set +C
printf '%s\n' "$hopper_claim" 2>/dev/null >started || {
  # A full disk: nothing has run yet, so the attempt is given back.
  rm -f started
  exit 1
}

# A stop that found `started` still without its line could not know whom to stop. It made `stopped`
# and then looked again, so either it saw the line above, or this process sees that file.
if [ -e stopped ]; then
  printf 'stopped %s\n' "$2"
  exit 0
fi

exec </dev/null
hopper_step=0
hopper_problem=
{
  umask "$hopper_umask"
  . ./run.sh
  hopper_steps
} >>output.log 2>&1
hopper_status=$?

umask 077
trap '' HUP INT QUIT TERM
hopper_code=$hopper_status
hopper_signal=null
if [ "$hopper_status" -gt 128 ] && [ "$hopper_status" -lt 160 ] &&
  hopper_name=$(kill -l "$hopper_status" 2>/dev/null); then
  hopper_code=null
  hopper_signal="\"SIG${hopper_name#SIG}\""
fi
hopper_exit="{\"step\":$hopper_step,\"code\":$hopper_code,\"signal\":$hopper_signal"
[ -z "$hopper_problem" ] || hopper_exit="$hopper_exit,\"problem\":\"$hopper_problem\""

# A full disk must not cost the outcome: try for ten minutes, as long as the folder is there. The
# record is one line in one write; readers take a file without its end for one that is not there yet.
cd -- "$hopper_folder" || exit 1
hopper_tries=0
until printf '%s}\n' "$hopper_exit" 2>/dev/null >exit.json; do
  hopper_tries=$((hopper_tries + 1))
  [ "$hopper_tries" -lt 600 ] && [ -d "$hopper_folder" ] || exit 1
  sleep 1
done
printf 'ended %s\n' "$2"
