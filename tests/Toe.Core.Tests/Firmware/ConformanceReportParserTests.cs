using System.Text;
using CsCheck;
using Toe.Firmware;
using Toe.Testing;

namespace Toe.Core.Tests.Firmware;

public sealed class ConformanceReportParserTests
{
    [Theory]
    [InlineData("1.0.0.0")]
    [InlineData("")]
    [InlineData(null)]
    public void AGoodReport_ProvesItsSubject(string? firmware) =>
        Assert.Equal(new ConformanceProof("acme", "Rocket 9", firmware), Parse(Reports.For("acme", "Rocket 9", firmware)));

    [Fact]
    public void KeysThatComeWithinTheSchema_AreNoMistake() =>
        Assert.NotNull(Parse(Reports.Good.Replace("\"substrate\"", "\"fresh\": { \"a\": [ 1 ] }, \"substrate\"", StringComparison.Ordinal)));

    [Theory, Trait("Requirement", "TOE-CIRC-010")]
    [InlineData("\"good\": true", "\"good\": false", "$.good: the adapter did not pass")]
    [InlineData("\"complete\": true", "\"complete\": false", "$.complete: not every requirement was tried")]
    [InlineData("\"NotExercised\": 0", "\"NotExercised\": 3", "$.outcomes.NotExercised: of 3 requirements nothing is known")]
    [InlineData("\"NotExercised\": 0", "\"NotExercised\": -1", "$.outcomes.NotExercised: of -1 requirements nothing is known")]
    [InlineData("\"schema\": 1", "\"schema\": 2", "$.schema: 2 is not a schema that this SDK reads (1)")]
    public void WhatIsNotWholeAndGood_ProvesNothing(string old, string fresh, string expected) => Assert.Equal(expected, Refused(old, fresh));

    [Theory]
    [InlineData("\"schema\": 1,", "", "schema")]
    [InlineData("\"good\": true,", "", "good")]
    [InlineData("\"complete\": true,", "", "complete")]
    [InlineData(", \"firmware\": \"1.0.0.0\"", "", "firmware")]
    [InlineData("\"provider\": \"scripted\",", "", "provider")]
    [InlineData(", \"product\": \"Scripted\"", "", "product")]
    [InlineData(", \"NotExercised\": 0", "", "NotExercised")]
    [InlineData("\"good\": true", "\"good\": \"true\"", "$.good")]
    [InlineData("\"good\": true", "\"good\": 1", "$.good")]
    [InlineData("\"good\": true", "\"good\": null", "$.good")]
    [InlineData("\"good\": true", "\"good\": false, \"good\": true", "Duplicate property 'good'")]
    [InlineData("\"good\": true", "\"Good\": true", "good")]
    [InlineData("\"schema\": 1", "\"schema\": 1e999", "$.schema")]
    [InlineData("\"schema\": 1", "\"schema\": 99999999999999999999", "$.schema")]
    [InlineData("\"NotExercised\": 0", "\"NotExercised\": 4294967296", "$.outcomes.NotExercised")]
    [InlineData("\"NotExercised\": 0", "\"NotExercised\": 0.5", "$.outcomes.NotExercised")]
    [InlineData("\"firmware\": \"1.0.0.0\"", "\"firmware\": 1.0", "$.subject.firmware")]
    [InlineData("\"firmware\": \"1.0.0.0\"", "\"firmware\": \"\\uD800\"", "$.subject.firmware")]
    [InlineData("\"provider\": \"scripted\"", "\"provider\": null", "$.subject.provider")]
    [InlineData("\"outcomes\": {", "\"outcomes\": null, \"others\": {", "$.outcomes")]
    [InlineData("\"outcomes\": {", "\"outcomes\": [], \"others\": {", "$.outcomes")]
    public void WhatIsNoReport_SaysWhere(string old, string fresh, string expected) => Assert.Contains(expected, Refused(old, fresh), StringComparison.Ordinal);

    [Fact]
    public void EveryTruncation_IsMalformed() => Assert.All(
        Enumerable.Range(0, Reports.Good.Length - 1), length => Assert.Throws<FormatException>(() => Parse(Reports.Good[..length])));

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{} {}")]
    public void OtherDocuments_AreMalformed(string json) => Assert.Throws<FormatException>(() => Parse(json));

    [Fact]
    public void DeepNesting_IsMalformed() => Assert.Throws<FormatException>(
        () => Parse("{ \"requirements\": " + new string('[', 100_000)));

    [Fact]
    public void AnyBytes_GiveAProofOrAFormatError() =>
        Gen.OneOf(Gen.Byte.Array, Gen.String.Select(Encoding.UTF8.GetBytes), Damaged).Sample(
            bytes =>
            {
                try
                {
                    return ConformanceReportParser.Parse(bytes) is not null;
                }
                catch (FormatException error)
                {
                    return error.Message.Length > 0;
                }
            },
            iter: Fuzzing.Inputs(1_000));

    private static Gen<byte[]> Damaged { get; } = Gen.Select(Gen.Int[0, Reports.Good.Length - 1], Gen.Int[0, 12], Gen.OneOf(
        Gen.Byte.Array[0, 4],
        Gen.OneOf("null", "{}", "[]", "true", "\"\"", "\"\\uD800\"", "1e999", "99999999999999999999", "{\"\\uDC00\":1}").Select(Encoding.UTF8.GetBytes)))
        .Select((at, cut, put) =>
        {
            var bytes = Encoding.UTF8.GetBytes(Reports.Good);
            return (byte[])[.. bytes[..at], .. put, .. bytes[Math.Min(bytes.Length, at + cut)..]];
        });

    private static string Refused(string old, string fresh)
    {
        var at = Reports.Good.IndexOf(old, StringComparison.Ordinal);
        return Assert.Throws<FormatException>(() => Parse(Reports.Good[..at] + fresh + Reports.Good[(at + old.Length)..])).Message;
    }

    private static ConformanceProof Parse(string json) => ConformanceReportParser.Parse(Encoding.UTF8.GetBytes(json));
}
