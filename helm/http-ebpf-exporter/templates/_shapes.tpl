{{- /* One container loads and serves. */}}
{{- define "http-ebpf-exporter.single" -}}
containers:
  - name: exporter
    {{- include "http-ebpf-exporter.container" (list . .Values) | nindent 4 }}
    args:
      - run
      {{- include "http-ebpf-exporter.captureArgs" . | nindent 6 }}
      {{- include "http-ebpf-exporter.webArgs" . | nindent 6 }}
      {{- include "http-ebpf-exporter.loadArgs" . | nindent 6 }}
    {{- include "http-ebpf-exporter.web" . | nindent 4 }}
    {{- if .Values.unload.onStop }}
    {{- include "http-ebpf-exporter.unloadHook" . | nindent 4 }}
    {{- end }}
    {{- include "http-ebpf-exporter.loaderMounts" . | nindent 4 }}
volumes:
  {{- include "http-ebpf-exporter.loaderVolume" . | nindent 2 }}
{{- end }}

{{- /* One container loads and ends; another, without any capability, serves. */}}
{{- define "http-ebpf-exporter.split" -}}
initContainers:
  - name: load
    {{- include "http-ebpf-exporter.container" (list . .Values) | nindent 4 }}
    args:
      - load
      {{- include "http-ebpf-exporter.captureArgs" . | nindent 6 }}
      {{- include "http-ebpf-exporter.loadArgs" . | nindent 6 }}
    {{- include "http-ebpf-exporter.loaderMounts" . | nindent 4 }}
containers:
  - name: serve
    {{- include "http-ebpf-exporter.container" (list . .Values.serve) | nindent 4 }}
    args:
      - serve
      {{- include "http-ebpf-exporter.captureArgs" . | nindent 6 }}
      {{- include "http-ebpf-exporter.webArgs" . | nindent 6 }}
      {{- with .Values.serve.extraArgs }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    {{- include "http-ebpf-exporter.web" . | nindent 4 }}
    volumeMounts:
      - name: pin-root
        mountPath: {{ include "http-ebpf-exporter.pinRoot" . }}
        readOnly: true
      {{- include "http-ebpf-exporter.cgroupMount" . | nindent 6 }}
      {{- include "http-ebpf-exporter.configMount" . | nindent 6 }}
  {{- if .Values.unload.onStop }}
  # Waits for the pod's end, to unload then: the serving container may not.
  - name: unload
    {{- include "http-ebpf-exporter.container" (list . .Values) | nindent 4 }}
    command:
      - /bin/sh
      - -c
      - trap 'exit 0' TERM; sleep infinity & wait
    {{- include "http-ebpf-exporter.unloadHook" . | nindent 4 }}
    {{- include "http-ebpf-exporter.loaderMounts" . | nindent 4 }}
  {{- end }}
volumes:
  {{- include "http-ebpf-exporter.loaderVolume" . | nindent 2 }}
  # No type: load makes the directory, and the last unload removes it.
  - name: pin-root
    hostPath:
      path: {{ .Values.pinRoot }}
{{- end }}

{{- define "http-ebpf-exporter.loaderMounts" -}}
volumeMounts:
  - name: bpf
    mountPath: /run/bpf
  {{- if .Values.netns }}
  # What is mounted there, and unmounted, on the node later is so here too: a name is not kept alive.
  - name: netns
    mountPath: /run/netns
    mountPropagation: HostToContainer
    readOnly: true
  {{- end }}
  {{- include "http-ebpf-exporter.cgroupMount" . | nindent 2 }}
  {{- include "http-ebpf-exporter.configMount" . | nindent 2 }}
{{- end }}

{{- define "http-ebpf-exporter.configMount" -}}
{{- if .Values.config -}}
- name: config
  mountPath: /etc/http-ebpf-exporter
  readOnly: true
{{- end }}
{{- end }}

{{- /*
The container's own /sys/fs/cgroup begins at its own cgroup. The exporter looks for the mount that is whole, also below
this one where version 1 is beside it; those below are only to read if the cluster knows how to say so.
*/}}
{{- define "http-ebpf-exporter.cgroupMount" -}}
{{- if eq .Values.capture "cgroup" -}}
- name: cgroup
  mountPath: /run/cgroup
  readOnly: true
  {{- if semverCompare ">=1.31.0-0" .Capabilities.KubeVersion.Version }}
  recursiveReadOnly: IfPossible
  {{- end }}
{{- end }}
{{- end }}

{{- define "http-ebpf-exporter.loaderVolume" -}}
- name: bpf
  hostPath:
    path: /sys/fs/bpf
    type: Directory
{{- if .Values.netns }}
- name: netns
  hostPath:
    path: /run/netns
    type: Directory
{{- end }}
{{- if eq .Values.capture "cgroup" }}
- name: cgroup
  hostPath:
    path: {{ .Values.cgroupRoot }}
    type: Directory
{{- end }}
{{- if .Values.config }}
- name: config
  configMap:
    name: {{ include "http-ebpf-exporter.fullname" . }}-config
{{- end }}
{{- end }}
