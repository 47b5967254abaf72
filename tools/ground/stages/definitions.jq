def play: .metadata.labels["ground/play"] // "ready";
def after: .metadata.annotations["ground/after"];
def serves: .spec.restartPolicy == "Always";
def pending: .status.phase == "Pending";
def runs: .status.phase == "Running";
def is_ready: any(.status.conditions[]?; .type == "Ready" and .status == "True");
def state: .status.containerStatuses[0].state;
def restarts: .status.containerStatuses[0].restartCount // 0;
def back_off: "\(pow(2; [restarts - 1, 5] | min))s";
