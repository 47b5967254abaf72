{{ $now := Now }}
{{ $pod := . }}
{{ $container := index .spec.containers 0 }}
[[words]]
apiVersion: v1
kind: Event
metadata:
  name: {{ printf "%s.%s-%d" .metadata.name (lower "[[reason]]") $restarts | Quote }}
  namespace: {{ .metadata.namespace | Quote }}
type: [[type]]
reason: [[reason]]
message: {{ [[message]] | Quote }}
involvedObject:
  apiVersion: v1
  kind: Pod
  name: {{ .metadata.name | Quote }}
  namespace: {{ .metadata.namespace | Quote }}
  uid: {{ .metadata.uid | Quote }}
  fieldPath: {{ printf "spec.containers{%s}" $container.name | Quote }}
firstTimestamp: {{ $now | Quote }}
lastTimestamp: {{ $now | Quote }}
count: 1
source: {component: kubelet, host: {{ .spec.nodeName | Quote }}}
reportingComponent: kubelet
reportingInstance: {{ .spec.nodeName | Quote }}
