{{- define "http-ebpf-exporter.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "http-ebpf-exporter.fullname" -}}
{{- $name := include "http-ebpf-exporter.name" . }}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) }}
{{- .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "http-ebpf-exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "http-ebpf-exporter.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "http-ebpf-exporter.labels" -}}
{{ include "http-ebpf-exporter.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "http-ebpf-exporter.serviceAccountName" -}}
{{- $made := include "http-ebpf-exporter.fullname" . }}
{{- .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary $made "default") }}
{{- end }}

{{- define "http-ebpf-exporter.image" -}}
{{- with .Values.image }}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end }}
{{- end }}
{{- end }}

{{- /* The pin root as the containers see it. Not below /sys: the usual AppArmor profiles forbid to write there. */}}
{{- define "http-ebpf-exporter.pinRoot" -}}
{{ .Values.pinRoot | replace "/sys/fs/bpf" "/run/bpf" }}
{{- end }}

{{- define "http-ebpf-exporter.commonArgs" -}}
- --pin-root={{ include "http-ebpf-exporter.pinRoot" . }}
{{- $log := .Values.config.log | default dict }}
{{- if not (hasKey $log "level") }}
- --log.level={{ .Values.log.level }}
{{- end }}
{{- if not (hasKey $log "format") }}
- --log.format={{ .Values.log.format }}
{{- end }}
{{- end }}

{{- define "http-ebpf-exporter.captureArgs" -}}
{{ include "http-ebpf-exporter.commonArgs" . }}
{{- if .Values.config }}
- --config.file=/etc/http-ebpf-exporter/config.yaml
{{- end }}
{{- if ne .Values.capture "tc" }}
- --capture={{ .Values.capture }}
{{- end }}
{{- range .Values.interfaces }}
- {{ printf "--interface=%s" . | quote }}
{{- end }}
{{- range .Values.netns }}
- {{ printf "--netns=%s" . | quote }}
{{- end }}
{{- end }}

{{- define "http-ebpf-exporter.loadArgs" -}}
{{- $ports := .Values.excludePorts }}
{{- if .Values.excludeOwnPort }}
{{- $ports = append $ports .Values.port }}
{{- end }}
{{- if not (hasKey .Values.config "tc-backend") }}
- --tc-backend={{ .Values.tcBackend }}
{{- end }}
{{- if not (hasKey .Values.config "exclude-port") }}
{{- range $ports | uniq }}
- --exclude-port={{ . | int }}
{{- end }}
{{- end }}
{{- range .Values.ports }}
- --ports={{ . | int }}
{{- end }}
{{- if .Values.portLabels }}
- --port-labels
- --port-labels.max-series={{ .Values.maxSeries | int }}
{{- end }}
{{- if and .Values.cgroupLabels (eq .Values.capture "cgroup") }}
- --cgroup.labels
- --cgroup.max-series={{ .Values.maxSeries | int }}
{{- end }}
{{- if .Values.urls.enabled }}
- --urls
- --urls.max-series={{ .Values.urls.maxSeries | int }}
{{- range .Values.urls.routes }}
- {{ printf "--urls.route=%s" . | quote }}
{{- end }}
{{- range .Values.urls.exclude }}
- {{ printf "--urls.exclude=%s" . | quote }}
{{- end }}
{{- end }}
{{- with .Values.extraArgs }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "http-ebpf-exporter.webArgs" -}}
- --web.listen-address={{ contains ":" .Values.listenHost | ternary (printf "[%s]" .Values.listenHost) .Values.listenHost }}:{{ .Values.port | int }}
- --web.telemetry-path={{ .Values.telemetryPath }}
{{- end }}

{{- /* What a container that answers HTTP has beside its arguments. */}}
{{- define "http-ebpf-exporter.web" -}}
ports:
  - name: metrics
    containerPort: {{ .Values.port }}
    protocol: TCP
{{- range $kind, $path := dict "liveness" "/-/healthy" "readiness" "/-/ready" }}
{{- $probe := printf "%sProbe" $kind }}
{{ $probe }}:
  httpGet:
    path: {{ $path }}
    port: metrics
    {{- with $.Values.listenHost }}
    host: {{ . | quote }}
    {{- end }}
  {{- toYaml (get $.Values $probe) | nindent 2 }}
{{- end }}
{{- end }}

{{- /* A container's image and the like; takes the context and the values of its kind. */}}
{{- define "http-ebpf-exporter.container" -}}
{{- $context := index . 0 }}
{{- $values := index . 1 }}
{{- $security := deepCopy $values.securityContext }}
{{- if $values.netns }}
{{- /* To enter another network namespace. Only who loads has this value. */}}
{{- $capabilities := $security.capabilities | default dict }}
{{- $_ := set $capabilities "add" (append ($capabilities.add | default list) "SYS_ADMIN" | uniq) }}
{{- $_ := set $security "capabilities" $capabilities }}
{{- end -}}
image: {{ include "http-ebpf-exporter.image" $context | quote }}
imagePullPolicy: {{ $context.Values.image.pullPolicy }}
{{- /* An error is one line on standard error: so `kubectl describe` shows it. */}}
terminationMessagePolicy: FallbackToLogsOnError
securityContext:
  {{- toYaml $security | nindent 2 }}
resources:
  {{- toYaml $values.resources | nindent 2 }}
{{- end }}

{{- /* Unloads all that is under the pin root, also what earlier values captured. */}}
{{- define "http-ebpf-exporter.unloadHook" -}}
lifecycle:
  preStop:
    exec:
      command:
        - http-ebpf-exporter
        - unload
        {{- include "http-ebpf-exporter.commonArgs" . | nindent 8 }}
{{- end }}
