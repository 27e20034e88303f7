package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.CaptureInfo.Hook;

/**
 * Makes the maps of interfaces after those that the shared object has. It needs the loaded object
 * for their types, whoever has pinned the programs.
 *
 * @param version of the exporter
 * @param madeDirectories of the pin root's path, by loads
 */
record SharedForms(HttpProbe probe, String version, int madeDirectories) {

  Descriptor create(String like, int entries) {
    return probe.create(like, entries);
  }

  /** What a capture is known by. */
  Descriptor info(CaptureTarget target, Hook hook, int priority) {
    int handle = hook == Hook.CLSACT ? ClsactHook.HANDLE : 0;
    return info(
        new CaptureInfo(
            target.index(), hook, priority, handle, madeDirectories, target.scope(), version));
  }

  private Descriptor info(CaptureInfo info) {
    Descriptor map = probe.create(MapNames.CAPTURE_INFO, 1);
    try {
      HttpProbe.write(map.number(), MapNames.CAPTURE_INFO, info.encode());
      return map;
    } catch (BpfException e) {
      map.close();
      throw e;
    }
  }

  /** What the programs that are shared are known by. */
  Descriptor info(Hook hook) {
    return info(new CaptureInfo(0, hook, 0, 0, madeDirectories, Interfaces.namespace(), version));
  }
}
