package io.github.httpebpf.exporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths as kubelet and container engines make them; UID, HASH, ID and HOST stand for theirs. */
class CgroupNameTest {

  private static final String UID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
  private static final String HASH = "0123456789abcdef0123456789abcdef";
  private static final String ID = HASH + "fedcba9876543210fedcba9876543210";
  private static final String HOST = ID.replace('0', 'f');

  private static String real(String path) {
    return path.replace("UI_D", UID.replace('-', '_'))
        .replace("UID", UID)
        .replace("HASH", HASH)
        .replace("HOST", HOST)
        .replace("ID", ID);
  }

  private static void assertNames(String path, String podUid, String containerId) {
    String real = real(path);
    assertThat(CgroupName.of(real)).isEqualTo(new CgroupName(real, podUid, containerId));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // The systemd driver: burstable, best effort, guaranteed.
        "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podUI_D.slice/cri-containerd-ID.scope",
        "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-podUI_D.slice/crio-ID.scope",
        "/kubepods.slice/kubepods-podUI_D.slice/docker-ID.scope",
        "/kubepods.slice/kubepods-podUI_D.slice/libpod-ID.scope/container",
        // The cgroupfs driver.
        "/kubepods/besteffort/podUID/ID",
        "/kubepods/podUID/ID",
        "/kubepods/burstable/podUID/crio-ID",
        // The cgroupfs driver over a runtime that expects systemd's.
        "/system.slice/containerd.service/kubepods-burstable-podUI_D.slice:cri-containerd:ID",
        // A cgroup that the container made in its own.
        "/kubepods.slice/kubepods-podUI_D.slice/cri-containerd-ID.scope/init.scope/a",
        // A node that is a container itself.
        "/docker/HOST/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-podUI_D.slice/cri-containerd-ID.scope",
        "/system.slice/docker-HOST.scope/kubelet/kubepods/podUID/ID"
      })
  void podsAndTheirContainers(String path) {
    assertNames(path, UID, ID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podHASH.slice/cri-containerd-ID.scope",
        "/kubepods/burstable/podHASH/ID"
      })
  void staticPodsHaveAUidWithoutDashes(String path) {
    assertNames(path, HASH, ID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/system.slice/docker-ID.scope",
        "/docker/ID",
        "/machine.slice/libpod-ID.scope/container",
        "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-ID.scope",
        "/libpod_parent/libpod-ID",
        "/machine.slice/machine-libpod_pod_HOST.slice/libpod-ID.scope/container",
        "/default/ID",
        "/docker/HOST/docker/ID"
      })
  void containersOfNoPod(String path) {
    assertNames(path, "", ID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/kubepods/besteffort/podUID",
        "/kubepods.slice/kubepods-podUI_D.slice",
        // Its container is the node, not the pod's.
        "/docker/HOST/kubelet/kubepods/podUID"
      })
  void aPodsOwnCgroupIsOfNoContainer(String path) {
    assertNames(path, UID, "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/init.scope",
        "/system.slice/nginx.service",
        "/kubepods.slice/kubepods-besteffort.slice",
        "/system.slice/ID-x.service",
        "/a0ID",
        "/ID0",
        "/x/tripodUID",
        "/podHASH0",
        "/kubepods/podUID-x",
        "/kubepods/pod",
        "/system.slice/system-pod\\x2dUID.slice"
      })
  void whatOnlyLooksLikeOneIsNone(String path) {
    assertNames(path, "", "");
  }

  @Test
  void capitalsAreNoUidAndNoId() {
    String path = "/kubepods/pod" + UID.toUpperCase(java.util.Locale.ROOT) + "/" + "A".repeat(64);
    assertThat(CgroupName.of(path)).isEqualTo(new CgroupName(path, "", ""));
  }

  @ParameterizedTest
  @CsvSource({"-pod", "/pod", "pod", "0123456789abcdef", "-", ":", "/"})
  void noPathTakesLong(String piece) {
    String path = "/" + piece.repeat(4096 / piece.length()) + "\n\"\\";
    long start = System.nanoTime();
    for (int i = 0; i < 100; i++) {
      assertThat(CgroupName.of(path)).isEqualTo(new CgroupName(path, "", ""));
    }
    assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
  }

  @Test
  void labelsAreInTheOrderOfTheirNames() {
    assertThat(CgroupName.of("/kubepods/pod" + UID + "/" + ID).labels())
        .containsExactly("/kubepods/pod" + UID + "/" + ID, UID, ID);
  }
}
