/**
 * The program a machine starts with, in Python's standard library alone (3.8 and newer): PyTorch's own images and plain Python images run it
 * as it is. What goes wrong before the trainer can speak is told in the trainer's place, as a `failure` among its events.
 */
export const bootstrapProgram = `
import io, json, os, shutil, signal, subprocess, sys, tarfile, tempfile, threading, time, urllib.request

STARTED = time.monotonic()
LIFETIME = float(os.environ.get("AIWB_LIFETIME", "86400"))
SYNC = json.loads(os.environ["AIWB_SYNC"])
ENDING = os.environ.get("AIWB_ENDING", "exit")
BLOCK = 1 << 20


class Unfollowed(urllib.request.HTTPRedirectHandler):
    # The headers of an address are for it alone.
    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(Unfollowed)


def left():
    return LIFETIME - (time.monotonic() - STARTED)


def say(text):
    print("aiwb: " + text, file=sys.stderr, flush=True)


def retried(what, act):
    for attempt in range(6):
        try:
            return act()
        except Exception as error:
            # Addresses are secrets: only the kind of failure is told.
            code = getattr(error, "code", None)
            kind = type(error).__name__ + ("" if code is None else " " + str(code))
            say(what + " failed: " + kind)
            if attempt == 5 or left() < 30:
                raise Failed("storage-failed", what + " failed: " + kind + ".")
            time.sleep(min(30, 2 ** attempt))


class Failed(Exception):
    def __init__(self, code, message, remedy=None):
        super().__init__(message)
        self.code, self.message, self.remedy = code, message, remedy


def get(address, path):
    def act():
        with OPENER.open(urllib.request.Request(address["url"]), timeout=60) as reply, open(path, "wb") as file:
            shutil.copyfileobj(reply, file, BLOCK)
    retried("Fetching the trainer", act)


def put(address, content):
    url = address["url"]
    if url.startswith("file:"):
        path = urllib.request.url2pathname(url[len("file://"):] if url.startswith("file://") else url[len("file:"):])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".part", "wb") as file:
            file.write(content)
        os.replace(path + ".part", path)
        return

    def act():
        headers = dict(address["headers"])
        headers.setdefault("Content-Type", "application/octet-stream")
        OPENER.open(urllib.request.Request(url, data=content, headers=headers, method="PUT"), timeout=60).close()
    retried("Telling what went wrong", act)


def unpack(path, folder):
    with tarfile.open(path) as archive:
        for member in archive:
            parts = member.name.split("/")
            if not member.isfile() or member.name.startswith("/") or ".." in parts or "\\\\" in member.name:
                continue
            target = os.path.join(folder, *parts)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with archive.extractfile(member) as source, open(target, "wb") as file:
                shutil.copyfileobj(source, file, BLOCK)


def run(arguments, env, patience, capture=False):
    """The exit code of a program and the end of what it printed; it is ended with all it started when its time is over."""
    lines = []
    child = subprocess.Popen(
        arguments, env=env, start_new_session=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if capture else None, stderr=subprocess.STDOUT if capture else None)
    CHILDREN.append(child)

    def read():
        for line in io.TextIOWrapper(child.stdout, errors="replace"):
            print(line, end="", file=sys.stderr, flush=True)
            lines.append(line)
            del lines[:-40]
    reader = threading.Thread(target=read, daemon=True) if capture else None
    if reader:
        reader.start()
    try:
        code = child.wait(timeout=max(1, patience))
    except subprocess.TimeoutExpired:
        stop(child)
        code = None
    CHILDREN.remove(child)
    if reader:
        reader.join(timeout=5)
    return code, "".join(lines)


CHILDREN = []


def stop(child, patience=60):
    """Lets it save, and then kills it with all it started."""
    for sign, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 10)):
        try:
            os.killpg(child.pid, sign)
        except (ProcessLookupError, PermissionError):
            return
        try:
            child.wait(timeout=seconds)
            return
        except subprocess.TimeoutExpired:
            pass


def on_term(*_):
    # The platform takes the machine away: the trainer saves what it has.
    for child in list(CHILDREN):
        threading.Thread(target=stop, args=(child, 20), daemon=True).start()


def prepare(folder, env):
    archive = os.path.join(folder, "trainer.tar")
    get(json.loads(os.environ["AIWB_TRAINER"]), archive)
    unpack(archive, os.path.join(folder, "trainer"))
    os.remove(archive)
    check = [sys.executable, "-m", "aiwb_trainer", "check"]
    code, told = run(check, env, min(300, left()), capture=True)
    if code == 0:
        return
    if os.environ.get("AIWB_INSTALL") != "1":
        raise Failed("environment", "This machine's Python cannot train: " + told[-600:].strip(),
                     "Use an image that has what the trainer's requirements.txt names, or let it install them.")
    say("Installing what the trainer needs")
    requirements = os.path.join(folder, "trainer", "requirements.txt")
    install = [sys.executable, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "-r", requirements]
    # Some images mark their Python as the system's own: this machine is thrown away.
    code, told = run(install, {**env, "PIP_BREAK_SYSTEM_PACKAGES": "1", "PIP_ROOT_USER_ACTION": "ignore"}, left(), capture=True)
    if code != 0:
        raise Failed("environment", "Installing the trainer's requirements failed: " + told[-600:].strip(),
                     "Use an image that has them, or see to it that the machine reaches a package index.")


def train():
    env = dict(os.environ)
    env.pop("AIWB_BOOTSTRAP", None)
    env.pop("RUNPOD_API_KEY", None)
    folder = tempfile.mkdtemp(prefix="aiwb-")
    env["PYTHONPATH"] = os.path.join(folder, "trainer") + os.pathsep + env.get("PYTHONPATH", "")
    try:
        prepare(folder, env)
        code, _ = run([sys.executable, "-m", "aiwb_trainer", "remote"], env, left())
        say("The lifetime of this machine is over" if code is None else "The trainer ended with " + str(code))
        return 1 if code is None else code
    except Failed as failed:
        event = {"event": "failure", "at": time.time() * 1000, "code": failed.code, "message": failed.message}
        if failed.remedy:
            event["remedy"] = failed.remedy
        try:
            put(SYNC["put"]["events"], (json.dumps(event) + "\\n").encode())
        except Exception:
            say(failed.message)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_pod():
    """RunPod starts a container again that has ended, so the pod is removed, by the key that RunPod gives each pod for itself."""
    pod, key = os.environ.get("RUNPOD_POD_ID"), os.environ.get("RUNPOD_API_KEY")
    if not pod:
        return True
    try:
        if shutil.which("runpodctl") and subprocess.run(["runpodctl", "remove", "pod", pod], timeout=60).returncode == 0:
            return True
    except Exception:
        say("runpodctl failed")
    if not key:
        return False
    base = os.environ.get("AIWB_RUNPOD_URL", "https://api.runpod.io/v2")
    request = urllib.request.Request(base + "/pods/" + pod, method="DELETE", headers={"Authorization": "Bearer " + key})
    try:
        OPENER.open(request, timeout=60).close()
        return True
    except Exception as error:
        say("Removing the pod failed: " + type(error).__name__)
        return False


def end():
    while ENDING == "remove" and os.environ.get("RUNPOD_POD_ID"):
        remove_pod()
        time.sleep(60)
    while ENDING == "stay":
        time.sleep(3600)


signal.signal(signal.SIGTERM, on_term)
exit_code = train()
end()
sys.exit(exit_code)
`;
