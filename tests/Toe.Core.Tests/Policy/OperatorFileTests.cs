using System.Text;
using CsCheck;
using Toe.Policy;

namespace Toe.Core.Tests.Policy;

public sealed class OperatorFileTests
{
    private const string Good = """
        { // the whole grammar
          "mode": "forbid",
          "policy": { "rules": [ { "name": "a", "direction": "connect", "local": "10.0.0.0/8", "remote": "2001:db8::/32",
            "localPorts": "1-5", "remotePorts": "80, 443", "adapters": ["chelsio", "emulated:*"], "mode": "prefer", }, ] } }
        """;

    [Fact]
    public void Reads_the_whole_grammar()
    {
        var rules = OperatorFile.Parse(Encoding.UTF8.GetBytes(Good), "/f");
        Assert.True(rules.Forbidden.Is(ToeReasons.OperatorForbidden));
        var rule = Assert.Single(rules.Rules.Rules);
        Assert.Equal(("a", "operator /f rule 'a'", ToeMode.Prefer), (rule.Name, rule.Source, rule.Mode));
        Assert.Equal("80,443", rule.Match.RemotePorts?.ToString());
        Assert.Equal("chelsio, emulated:*", rule.Adapters?.ToString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("\uFEFF{}")]
    [InlineData("""{ "policy": {} }""")]
    [InlineData("""{ "policy": { "rules": [] } }""")]
    [InlineData("""{ "Policy": { "RULES": [] }, "mode": "Prefer" }""")]
    public void Says_nothing(string json)
    {
        var rules = OperatorFile.Parse(Encoding.UTF8.GetBytes(json), "/f");
        Assert.True(rules.Forbidden.IsNone);
        Assert.Empty(rules.Rules.Rules);
    }

    [Theory, Trait("Requirement", "TOE-POLI-004")]
    [InlineData("", "line 1, column 1")]
    [InlineData("null", "line 1, column 1")]
    [InlineData("[]", "line 1, column 2")]
    [InlineData("{ \"mode\": \"forbid\",\n  \"polcy\": {} }", "line 2, column 11, $.polcy: The JSON property 'polcy' could not be mapped")]
    [InlineData("{ \"mode\": \"forbid\", \"mode\": \"prefer\" }", "Duplicate property 'mode'")]
    [InlineData("{ \"mode\": \"never\" }", "$.mode")]
    [InlineData("{ \"mode\": 7 }", "mode: the operator can only narrow")]
    [InlineData("{ \"mode\": \"require\" }", "mode: the operator can only narrow")]
    [InlineData("{ \"policy\": { \"rules\": [ null ] } }", "policy.rules[0]: a rule is missing here")]
    [InlineData("{ \"policy\": { \"rules\": [ { } ] } }", "policy.rules[0].name: a rule needs a name")]
    [InlineData(
        "{ \"policy\": { \"rules\": [ { \"name\": \"a\", \"remotePorts\": 80 } ] } }",
        "line 1, column 58, $.policy.rules[0].remotePorts")]
    [InlineData("{ \"policy\": { \"rules\": [ { \"name\": \"a\", \"prot\": 80 } ] } }", "'prot' could not be mapped")]
    [InlineData(
        "{ \"policy\": { \"rules\": [ { \"name\": \"a\", \"mode\": \"require\" } ] } }",
        "policy.rules[0].mode: the operator can only narrow")]
    [InlineData(
        "{ \"policy\": { \"rules\": [ { \"name\": \"a\", \"remote\": \"10.0.0.0/33\" } ] } }",
        "policy.rules[0].remote: '10.0.0.0/33' is not")]
    [InlineData(
        "{ \"policy\": { \"rules\": [ { \"name\": \"a\", \"adapters\": [null] } ] } }",
        "policy.rules[0].adapters[0]: an adapter is missing here")]
    [InlineData(
        "{ \"policy\": { \"rules\": [ { \"name\": \"a\" }, { \"name\": \"a\" } ] } }",
        "policy.rules[1].name: 'a' is the name of policy.rules[0]")]
    public void Wrong(string json, string expected)
    {
        var error = Assert.Throws<FormatException>(() => OperatorFile.Parse(Encoding.UTF8.GetBytes(json), "/f"));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_give_rules_or_a_format_error() =>
        Gen.OneOf(Gen.Byte.Array, Gen.String.Select(Encoding.UTF8.GetBytes), Damaged).Sample(bytes =>
        {
            try
            {
                return OperatorFile.Parse(bytes, "/f") is not null;
            }
            catch (FormatException error)
            {
                return error.Message.Length > 0;
            }
        });

    /// <summary>A good file with some bytes changed, cut or doubled.</summary>
    private static Gen<byte[]> Damaged { get; } = Gen.Select(Gen.Int[0, Good.Length - 1], Gen.Int[0, 12], Gen.OneOf(
        Gen.Byte.Array[0, 4],
        Gen.OneOf("null", "{}", "[]", "\"\"", "\"\\uD800\"", "1e999", "{\"\\uDC00\":1}").Select(Encoding.UTF8.GetBytes)))
        .Select((at, cut, put) =>
        {
            var bytes = Encoding.UTF8.GetBytes(Good);
            return (byte[])[.. bytes[..at], .. put, .. bytes[Math.Min(bytes.Length, at + cut)..]];
        });
}
