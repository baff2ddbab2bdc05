import {formatEndpoint} from '../model/backing.ts'
import {commandLine, quote} from '../model/script.ts'
import type {Destination} from '../ports/host.ts'

/**
 * A shell text that connects to a destination with what a node happens to have, answers with one line, `open` or
 * `fail WHY`, and from then on is a relay between its standard streams and the connection.
 */
export function relayText(destination: Destination): string {
  return `has() { command -v "$1" >/dev/null 2>&1; }
if has perl && perl -MSocket=getaddrinfo -e 1 2>/dev/null; then exec perl -e ${quote(PERL)} ${words(destination)}
elif has python3; then exec python3 -c ${quote(PYTHON)} ${words(destination)}
${'socket' in destination ? socketBranches(destination.socket) : portBranches(destination)}
else echo 'fail the host forwards nothing and has no perl, python3, socat, nc or bash'
fi`
}

const SECONDS = 8

function words(destination: Destination): string {
  return 'socket' in destination
    ? commandLine(['unix', destination.socket, ''])
    : commandLine(['tcp', destination.host, String(destination.port)])
}

/** Programs that do not say when they are connected are asked twice: to look, then to relay. */
function portBranches({host, port}: {host: string; port: number}): string {
  const socat = quote(`TCP:${formatEndpoint({host, port})},connect-timeout=${SECONDS}`)
  const target = commandLine([host, String(port)])
  return `${branch('socat', `socat -u OPEN:/dev/null ${socat}`, `socat - ${socat}`)}
${branch('nc', `nc -z -w ${SECONDS} ${target}`, `nc ${target}`)}
elif has bash; then exec bash -c ${quote(BASH)} relay ${target}`
}

function socketBranches(socket: string): string {
  const address = quote(`UNIX-CONNECT:${socket}`)
  return `${branch('socat', `socat -u OPEN:/dev/null ${address}`, `socat - ${address}`)}
${branch('nc', `nc -zU ${quote(socket)}`, `nc -U ${quote(socket)}`)}`
}

function branch(program: string, look: string, relay: string): string {
  return `elif has ${program}; then
  why=$(${look} 2>&1 </dev/null) || { echo "fail \${why:-${program} could not connect (timed out or refused)}" | tr '\\n' ' '; echo; exit 1; }
  echo open; exec ${relay}`
}

const BASH = `exec 3<>"/dev/tcp/$1/$2" || { echo 'fail bash could not connect (refused or unreachable)'; exit 1; }
echo open; cat <&3 & cat >&3; wait`

/** One process for each direction, so that a slow reader on one side never stops the other. */
const PERL = `use strict; use Socket qw(:DEFAULT getaddrinfo IPPROTO_TCP TCP_NODELAY);
my ($kind, $to, $port) = @ARGV; my $s; $| = 1;
sub fail { print "fail $_[0]\\n"; exit 1 }
sub copy { my ($from, $into) = @_; while (sysread($from, my $data, 65536)) { while (length $data) { my $n = syswrite($into, $data); return unless defined $n; substr($data, 0, $n) = "" } } }
$SIG{ALRM} = sub { fail("connection timed out") }; alarm ${SECONDS};
if ($kind eq "unix") { (socket($s, PF_UNIX, SOCK_STREAM, 0) && connect($s, sockaddr_un($to))) or fail("$!") }
else {
  my ($error, @found) = getaddrinfo($to, $port, {socktype => SOCK_STREAM}); fail("name not resolved: $error") if $error;
  my $why = "no address";
  for my $one (@found) { my $try; if (socket($try, $one->{family}, SOCK_STREAM, 0) && connect($try, $one->{addr})) { $s = $try; last } $why = "$!" }
  fail($why) unless $s; setsockopt($s, IPPROTO_TCP, TCP_NODELAY, 1);
}
alarm 0; print "open\\n";
my $child = fork; fail("fork: $!") unless defined $child;
if (!$child) { copy(\\*STDIN, $s); shutdown($s, 1); exit 0 }
copy($s, \\*STDOUT); kill "TERM", $child;`

const PYTHON = `import os, socket, sys, threading
kind, to, port = sys.argv[1:4]
def say(line): os.write(1, (line + "\\n").encode())
try:
    if kind == "unix":
        s = socket.socket(socket.AF_UNIX); s.settimeout(${SECONDS}); s.connect(to)
    else:
        s = socket.create_connection((to, int(port)), ${SECONDS}); s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
except socket.gaierror as error: say("fail name not resolved: %s" % error); sys.exit(1)
except OSError as error: say("fail %s" % error); sys.exit(1)
s.settimeout(None); say("open")
def up():
    while True:
        data = os.read(0, 65536)
        if not data: break
        s.sendall(data)
    s.shutdown(socket.SHUT_WR)
threading.Thread(target=up, daemon=True).start()
while True:
    data = s.recv(65536)
    if not data: break
    while data: data = data[os.write(1, data):]
os._exit(0)`
