{{ $play := get (default dict $pod.metadata.labels) "ground/play" }}
{{ $image := $container.image }}
{{ $reference := contains "/" $image | ternary $image (printf "docker.io/library/%s" $image) }}
{{ $pullError := printf "rpc error: code = NotFound desc = failed to pull and unpack image %q: failed to resolve reference %q: %s: not found" $reference $reference $reference }}
{{ $pullRefused := printf "rpc error: code = Unknown desc = failed to pull and unpack image %q: failed to resolve reference %q: unexpected status from HEAD request: 502 Bad Gateway" $reference $reference }}
{{ $pullBackOff := printf "Back-off pulling image %q: ErrImagePull: %s" $image $pullError }}
{{ $configError := "configmap \"settings\" not found" }}
{{ $old := dict }}
{{ range $pod.status.containerStatuses }}
{{ if eq .name $container.name }}
{{ $old = . }}
{{ end }}
{{ end }}
{{ $restarts := int (get $old "restartCount" | default 0) }}
{{ $state := get $old "state" | default dict }}
{{ $last := get $old "lastState" | default dict }}
{{ if hasKey $state "terminated" }}
{{ $last = $state }}
{{ end }}
{{ $since := dig "running" "startedAt" $now $state }}
{{ $running := dict "running" (dict "startedAt" $since) }}
{{ $completed := dict "terminated" (dict "exitCode" 0 "reason" "Completed" "startedAt" $since "finishedAt" $now) }}
{{ $crash := dict "exitCode" 1 "reason" "Error" "startedAt" $since "finishedAt" $now }}
{{ if eq $play "oom-killed" }}
{{ $crash = dict "exitCode" 137 "reason" "OOMKilled" "startedAt" $since "finishedAt" $now }}
{{ end }}
{{ $crashed := dict "terminated" $crash }}
{{ $pause := index (list 1 1 2 4 8 16 32) (int (min $restarts 6)) }}
{{ $who := printf "%s_%s(%s)" $pod.metadata.name $pod.metadata.namespace $pod.metadata.uid }}
{{ $crashBackOff := printf "back-off %ds restarting failed container=%s pod=%s" $pause $container.name $who }}
