using CsCheck;

namespace Toe.Abstractions.Tests.Providers;

public sealed class FirmwareVersionTests
{
    [Theory]
    [InlineData("1", 1, 0, 0, 0)]
    [InlineData("1.27.5.0", 1, 27, 5, 0)]
    [InlineData("8.42.2", 8, 42, 2, 0)]
    [InlineData("0.0.0.4294967295", 0, 0, 0, uint.MaxValue)]
    public void TryParse_ReadsOneToFourNumbers(string text, uint major, uint minor, uint micro, uint build)
    {
        Assert.True(FirmwareVersion.TryParse(text, out var version));
        Assert.Equal(new FirmwareVersion(major, minor, micro, build), version);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("1.")]
    [InlineData(".1")]
    [InlineData("1..2")]
    [InlineData("1.2.3.4.5")]
    [InlineData(" 1.2")]
    [InlineData("1.2 ")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("1.2a")]
    [InlineData("4294967296")]
    [InlineData("\u0661.2")]
    public void TryParse_RefusesEverythingElse(string text)
    {
        Assert.False(FirmwareVersion.TryParse(text, out var version));
        Assert.Equal(default, version);
        Assert.Throws<FormatException>(() => FirmwareVersion.Parse(text, null));
    }

    [Fact]
    public void TryParse_IsTotal() => Gen.String.Sample(text => FirmwareVersion.TryParse(text, out var version) || version == default);

    [Fact]
    public void ToString_RoundTrips_AndOrderIsByNumber() =>
        Gen.Select(Gen.UInt, Gen.UInt, Gen.UInt, Gen.UInt).Select(parts => new FirmwareVersion(parts.Item1, parts.Item2, parts.Item3, parts.Item4)).Array[2]
            .Sample(pair =>
            {
                Assert.Equal(pair[0], FirmwareVersion.Parse(pair[0].ToString(), null));
                var older = pair[0].Major != pair[1].Major ? pair[0].Major < pair[1].Major
                    : pair[0].Minor != pair[1].Minor ? pair[0].Minor < pair[1].Minor
                    : pair[0].Micro != pair[1].Micro ? pair[0].Micro < pair[1].Micro : pair[0].Build < pair[1].Build;
                Assert.Equal(older, pair[0] < pair[1]);
                Assert.Equal(!older, pair[0] >= pair[1]);
            });
}
