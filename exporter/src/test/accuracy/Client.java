import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The JDK's own client: sends so many rounds of requests to a URL, and prints how many of each
 * method were answered. As version: HTTP_1_1, or HTTP_2, its default, which asks for an upgrade.
 */
final class Client {

  private static final String BODY = "GET /inside HTTP/1.1\r\nHost: inside\r\n\r\n".repeat(500);

  public static void main(String[] arguments) {
    URI url = URI.create(arguments[0]);
    var client = HttpClient.newBuilder().version(HttpClient.Version.valueOf(arguments[1])).build();
    int rounds = Integer.parseInt(arguments[2]);
    for (int round = 0; round < rounds; round++) {
      List<CompletableFuture<?>> under = new ArrayList<>();
      for (HttpRequest request : requests(url)) {
        under.add(client.sendAsync(request, BodyHandlers.discarding()));
      }
      under.forEach(CompletableFuture::join);
    }
    System.out.println("GET " + rounds);
    System.out.println("POST " + 2 * rounds);
    System.out.println("PUT " + rounds);
    System.out.println("DELETE " + rounds);
  }

  private static List<HttpRequest> requests(URI url) {
    var bytes = BODY.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    return List.of(
        HttpRequest.newBuilder(url).GET().build(),
        HttpRequest.newBuilder(url).POST(BodyPublishers.ofString(BODY)).build(),
        // Of unknown length, hence in chunks.
        HttpRequest.newBuilder(url)
            .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(bytes)))
            .build(),
        HttpRequest.newBuilder(url).PUT(BodyPublishers.ofString(BODY)).expectContinue(true).build(),
        HttpRequest.newBuilder(url).DELETE().build());
  }
}
