{{ $now := Now }}
{{ $pod := . }}
phase: [[phase]]
{{ if not .status.startTime }}
startTime: {{ $now | Quote }}
{{ end }}
{{ $unready := list }}
containerStatuses:
{{ range $index, $container := .spec.containers }}
[[words]]
{{ $new := $running }}
{{ if eq $index 0 }}
{{ $last = [[last]] }}
{{ $restarts = [[restarts]] }}
{{ $new = [[first]] }}
{{ else }}
{{ $new = [[others]] }}
{{ end }}
{{ $up := hasKey $new "running" }}
{{ $ready := and $up (or (ne $index 0) [[ready]]) }}
{{ if not $ready }}
{{ $unready = append $unready $container.name }}
{{ end }}
- name: {{ $container.name | Quote }}
  image: {{ $container.image | Quote }}
  imageID: ""
  ready: {{ $ready }}
  started: {{ $up }}
  restartCount: {{ $restarts }}
  state: {{ toJson $new }}
  lastState: {{ toJson $last }}
{{ end }}
{{ if not .status.initContainerStatuses }}
initContainerStatuses:
{{ range .spec.initContainers }}
{{ $sidecar := eq (toString .restartPolicy) "Always" }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: true
  started: {{ $sidecar }}
  restartCount: 0
  state:
  {{ if $sidecar }}
    running: {startedAt: {{ $now | Quote }}}
  {{ else }}
    terminated: {exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }}}
  {{ end }}
{{ end }}
{{ end }}
{{ $reason := "" }}
{{ $message := "" }}
{{ if $unready }}
{{ $reason = get (dict "Succeeded" "PodCompleted" "Failed" "PodFailed") "[[phase]]" | default "ContainersNotReady" }}
{{ if eq $reason "ContainersNotReady" }}
{{ $message = printf "containers with unready status: [%s]" (join " " $unready) }}
{{ end }}
{{ end }}
conditions:
{{ range $type := list "PodReadyToStartContainers" "Initialized" "ContainersReady" "Ready" }}
{{ $judged := has $type (list "ContainersReady" "Ready") }}
{{ $status := ternary "False" "True" (and $judged (gt (len $unready) 0)) }}
{{ $since := $now }}
{{ range $pod.status.conditions }}
{{ if and (eq .type $type) (eq .status $status) }}
{{ $since = .lastTransitionTime }}
{{ end }}
{{ end }}
- type: {{ $type }}
  status: {{ $status | Quote }}
  lastProbeTime: null
  lastTransitionTime: {{ $since | Quote }}
  reason: {{ ternary $reason "" $judged | Quote }}
  message: {{ ternary $message "" $judged | Quote }}
{{ end }}
{{ range .spec.readinessGates }}
- type: {{ .conditionType | Quote }}
  status: "True"
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
{{ if not .status.podIP }}
{{ $hostIPs := NodeIPsWith .spec.nodeName }}
{{ $podIPs := PodIPsWith .spec.nodeName (or .spec.hostNetwork false) .metadata.uid .metadata.name .metadata.namespace }}
hostIP: {{ index $hostIPs 0 | Quote }}
hostIPs: [{ip: {{ index $hostIPs 0 | Quote }}}]
podIP: {{ index $podIPs 0 | Quote }}
podIPs: [{ip: {{ index $podIPs 0 | Quote }}}]
{{ end }}
