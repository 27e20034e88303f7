package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.dialect.Dialects;
import io.github.httpebpf.exporter.metrics.HttpMethod;
import io.github.httpebpf.exporter.metrics.PacketResult;
import io.github.httpebpf.exporter.metrics.UnseenProtocol;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** docs/show-json.md by itself; {@link ShowIT} holds it against what is printed. */
class ShowSchemaTest {

  private final ShowSchema schema = new ShowSchema();

  @Test
  void thePageHasASchemaAndAnExampleThatKeepsIt() {
    assertThat(ShowSchema.blocks()).hasSize(2);
    assertThat(schema.violations(ShowSchema.example())).isEmpty();
  }

  @Test
  void theSchemaKeepsItsOwn() {
    SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    SchemaLocation draft = SchemaLocation.of(Dialects.getDraft202012().getId());

    assertThat(registry.getSchema(draft).validate(ShowSchema.text(), InputFormat.JSON)).isEmpty();
  }

  @Test
  void everyMethodAndResultIsNamed() throws Exception {
    ObjectNode definitions =
        (ObjectNode) new ObjectMapper().readTree(ShowSchema.text()).path("$defs");

    assertThat(definitions.at("/requests/required"))
        .extracting(name -> name.textValue())
        .isEqualTo(Arrays.stream(HttpMethod.values()).map(HttpMethod::label).toList());
    assertThat(definitions.at("/method/enum")).isEqualTo(definitions.at("/requests/required"));
    assertThat(definitions.at("/packets/required"))
        .extracting(name -> name.textValue())
        .isEqualTo(Arrays.stream(PacketResult.values()).map(PacketResult::label).toList());
    assertThat(definitions.at("/unseen/required"))
        .extracting(name -> name.textValue())
        .isEqualTo(Arrays.stream(UnseenProtocol.values()).map(UnseenProtocol::label).toList());
    for (String object : List.of("requests", "packets", "unseen")) {
      assertThat(definitions.at("/" + object + "/properties").fieldNames())
          .toIterable()
          .containsExactlyElementsOf(
              () ->
                  definitions
                      .at("/" + object + "/required")
                      .valueStream()
                      .map(name -> name.textValue())
                      .iterator());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "unknown_21,1,true",
    "unknown_63,9223372036854775807,true",
    "unknown_21,0,false",
    "unknown_20,1,false",
    "unknown_64,1,false",
    "tls,-1,false",
    "tls,0.5,false",
    "tls,9223372036854775808,false",
    "tls,9223372036854775807,true"
  })
  void countsAreWholeNumbersAndUnknownOnesHaveAnId(String result, String count, boolean valid)
      throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode example = (ObjectNode) mapper.readTree(ShowSchema.example());
    ((ObjectNode) example.at("/captures/0/packets")).set(result, mapper.readTree(count));

    assertThat(schema.violations(example.toString()).isEmpty()).isEqualTo(valid);
  }

  @ParameterizedTest
  @CsvSource({
    "unknown_4,1,true",
    "unknown_15,1,true",
    "unknown_4,0,false",
    "unknown_3,1,false",
    "unknown_16,1,false"
  })
  void unseenProtocolsOfANewerProgramHaveAnId(String protocol, int count, boolean valid)
      throws Exception {
    ObjectNode example = (ObjectNode) new ObjectMapper().readTree(ShowSchema.example());
    ((ObjectNode) example.at("/captures/0/unseen_connections")).put(protocol, count);

    assertThat(schema.violations(example.toString()).isEmpty()).isEqualTo(valid);
  }
}
