package io.github.httpebpf.exporter;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Shows a handler the request of another exchange, as a GET without a body, and keeps the response
 * in memory. Nothing is sent. Not safe for use by several threads at once.
 */
final class BufferedExchange extends HttpExchange {

  private final HttpExchange request;
  private final Headers responseHeaders = new Headers();
  private final ByteArrayOutputStream responseBody = new ByteArrayOutputStream();
  private int status = -1;

  BufferedExchange(HttpExchange request) {
    this.request = request;
  }

  byte[] body() {
    return responseBody.toByteArray();
  }

  @Override
  public Headers getRequestHeaders() {
    return request.getRequestHeaders();
  }

  @Override
  public Headers getResponseHeaders() {
    return responseHeaders;
  }

  @Override
  public URI getRequestURI() {
    return request.getRequestURI();
  }

  @Override
  public String getRequestMethod() {
    return "GET";
  }

  @Override
  public HttpContext getHttpContext() {
    return request.getHttpContext();
  }

  @Override
  public void close() {}

  @Override
  public InputStream getRequestBody() {
    return InputStream.nullInputStream();
  }

  @Override
  public OutputStream getResponseBody() {
    return responseBody;
  }

  @Override
  public void sendResponseHeaders(int code, long length) {
    status = code;
  }

  @Override
  public int getResponseCode() {
    return status;
  }

  @Override
  public InetSocketAddress getRemoteAddress() {
    return request.getRemoteAddress();
  }

  @Override
  public InetSocketAddress getLocalAddress() {
    return request.getLocalAddress();
  }

  @Override
  public String getProtocol() {
    return request.getProtocol();
  }

  @Override
  public @Nullable Object getAttribute(String name) {
    return request.getAttribute(name);
  }

  @Override
  public void setAttribute(String name, @Nullable Object value) {
    request.setAttribute(name, value);
  }

  @Override
  public void setStreams(InputStream in, OutputStream out) {
    throw new UnsupportedOperationException("setStreams");
  }

  @Override
  public @Nullable HttpPrincipal getPrincipal() {
    return request.getPrincipal();
  }
}
