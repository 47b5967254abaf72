{{- define "big.name" -}}
{{ .release }}-{{ printf "%03d" .number }}
{{- end }}

{{- define "big.labels" -}}
app.kubernetes.io/name: {{ include "big.name" . }}
app.kubernetes.io/instance: {{ .release }}
app.kubernetes.io/managed-by: Helm
app.kubernetes.io/part-of: big
{{- end }}
