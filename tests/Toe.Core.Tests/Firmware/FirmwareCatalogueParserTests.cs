using System.Text;
using CsCheck;
using Toe.Firmware;

namespace Toe.Core.Tests.Firmware;

public sealed class FirmwareCatalogueParserTests
{
    private const string Good = """
        { "format": 1, "adapters": [ { "provider": "acme", "model": "R*", "source": "s", "minimum": "1.0",
          "recommended": "1.2", "tested": "2", "blocked": [ { "version": "1.1", "reason": "r", "source": "a" },
          { "from": "1.3", "to": "1.5", "reason": "r", "source": "b" } ] } ] }
        """;

    [Fact]
    public void Reads_a_whole_entry()
    {
        var entry = Assert.Single(FirmwareCatalogueParser.Parse(Encoding.UTF8.GetBytes(Good)).Entries);
        Assert.Equal(
            ("acme/R*", new FirmwareVersion(1), new FirmwareVersion(1, 2), new FirmwareVersion(2)),
            (entry.Name, entry.Minimum, entry.Recommended, entry.Tested));
        Assert.Equal(
            [new BlockedFirmware(new(1, 1), new(1, 1), "r", "a"), new BlockedFirmware(new(1, 3), new(1, 5), "r", "b")],
            entry.Blocked);
        Assert.True(entry.Blocked[1].Contains(new(1, 5)));
        Assert.False(entry.Blocked[1].Contains(new(1, 5, 0, 1)));
    }

    [Fact]
    public void The_shipped_catalogue_is_whole()
    {
        Assert.NotEmpty(FirmwareCatalogueFile.Shipped.Entries);
        Assert.All(FirmwareCatalogueFile.Shipped.Entries, entry => Assert.NotEmpty(entry.Source));
    }

    [Theory]
    [InlineData("\"format\": 1", "\"format\": 2", "$.format: 2 is not a format that this SDK reads (1)")]
    [InlineData("\"format\": 1,", "", "format")]
    [InlineData("\"provider\": \"acme\",", "", "provider")]
    [InlineData("\"source\": \"s\",", "", "source")]
    [InlineData("\"source\": \"s\"", "\"source\": \" \"", "$.adapters[0].source: must not be empty")]
    [InlineData("\"source\": \"s\"", "\"source\": null", "$.adapters[0].source")]
    [InlineData("\"source\": \"s\"", "\"part\": \"\", \"source\": \"s\"", "$.adapters[0].part: must not be empty")]
    [InlineData("\"minimum\": \"1.0\"", "\"minimum\": \"1.x\"", "$.adapters[0].minimum: '1.x' is not a firmware version")]
    [InlineData("\"minimum\": \"1.0\"", "\"minimum\": \"1.9\"", "$.adapters[0].recommended: 1.2.0.0 is older than 'minimum', 1.9.0.0")]
    [InlineData("\"tested\": \"2\"", "\"tested\": \"1.1\"", "$.adapters[0].tested: 1.1.0.0 is older than 'recommended', 1.2.0.0")]
    [InlineData("\"to\": \"1.5\"", "\"to\": \"1.2\"", "$.adapters[0].blocked[1].to: 1.2.0.0 is older than 'from', 1.3.0.0")]
    [InlineData("\"to\": \"1.5\",", "", "$.adapters[0].blocked[1]: needs either 'version' or 'from' and 'to'")]
    [InlineData(
        "\"version\": \"1.1\"",
        "\"version\": \"1.1\", \"to\": \"1.2\"", "$.adapters[0].blocked[0]: needs either 'version' or 'from' and 'to'")]
    [InlineData("\"tested\"", "\"testd\"", "$.adapters[0].testd")]
    [InlineData("\"tested\"", "\"minimum\"", "Duplicate property 'minimum'")]
    [InlineData("\"tested\": \"2\",", "\"tested\": 2,", "$.adapters[0].tested")]
    [InlineData("} ] }", "}, null ] }", "$.adapters[1]: an entry is missing here")]
    [InlineData(
        "} ] }",
        "}, { \"provider\": \"acme\", \"model\": \"R*\", \"source\": \"s\" } ] }",
        "$.adapters[1].model: acme/R* has an entry already, $.adapters[0]")]
    public void Wrong(string old, string fresh, string expected)
    {
        var at = old.StartsWith('}') ? Good.LastIndexOf(old, StringComparison.Ordinal) : Good.IndexOf(old, StringComparison.Ordinal);
        var json = Good[..at] + fresh + Good[(at + old.Length)..];
        var error = Assert.Throws<FormatException>(() => FirmwareCatalogueParser.Parse(Encoding.UTF8.GetBytes(json)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_give_a_catalogue_or_a_format_error() =>
        Gen.OneOf(Gen.Byte.Array, Gen.String.Select(Encoding.UTF8.GetBytes), Damaged).Sample(bytes =>
        {
            try
            {
                return FirmwareCatalogueParser.Parse(bytes) is not null;
            }
            catch (FormatException error)
            {
                return error.Message.Length > 0;
            }
        });

    private static Gen<byte[]> Damaged { get; } = Gen.Select(Gen.Int[0, Good.Length - 1], Gen.Int[0, 12], Gen.OneOf(
        Gen.Byte.Array[0, 4],
        Gen.OneOf("null", "{}", "[]", "\"\"", "\"\\uD800\"", "1e999", "{\"\\uDC00\":1}").Select(Encoding.UTF8.GetBytes)))
        .Select((at, cut, put) =>
        {
            var bytes = Encoding.UTF8.GetBytes(Good);
            return (byte[])[.. bytes[..at], .. put, .. bytes[Math.Min(bytes.Length, at + cut)..]];
        });
}
