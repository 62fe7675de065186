namespace Toe.Emulated.Tests.Card;

/// <summary>The profiles: the limits that the vendors document, on a card that says it is emulated.</summary>
public sealed class CardProfileTests
{
    [Theory]
    [InlineData("t6", 12288, 2, 496, 3072)] // Unified Wire's T6 default: nhash, IPv6 double, nserver, nl2t.
    [InlineData("57810", 1880, 1, 0, 1024)] // NetXtreme II user guide; no listeners, and the neighbours are a guess.
    [InlineData("default", 65536, 1, 1024, 1024)]
    public void Limits_AreTheDocumentedOnes(string name, int connections, int ipv6Cost, int listeners, int neighbours)
    {
        var profile = CardProfile.Find(name)!;

        Assert.Equal((connections, ipv6Cost, listeners, neighbours), (profile.Connections, profile.ConnectionEntriesIPv6, profile.Listeners, profile.Neighbours));
        Assert.StartsWith("Software TOE", profile.Model, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_AreFoundWhateverTheirCase_AndOthersAreNot()
    {
        Assert.Same(CardProfile.T6, CardProfile.Find("T6"));
        Assert.Null(CardProfile.Find("t5"));
        Assert.Null(CardProfile.Find(""));
    }

    [Fact]
    public async Task Card_ShowsTheLimitsOfItsProfile()
    {
        await using var bench = await CardBench.CreateAsync(CardProfile.T6);

        Assert.Equal([12288, 496, 4L << 30], bench.Card.Status.Budgets.Select(budget => budget.Limit));
        Assert.Equal("Software TOE (T6 profile)", bench.Card.Identity.Model);
    }

    [Fact]
    public async Task Grammar_OfTheProfile_ReadsTheFirmware()
    {
        var grammar = new CardProfile { Firmware = "FFV7.12.19", Grammar = static text => text.StartsWith("FFV", StringComparison.Ordinal) && FirmwareVersion.TryParse(text.Replace("FFV", "", StringComparison.Ordinal), out var version) ? version : null };
        await using var bench = await CardBench.CreateAsync(grammar);

        Assert.Equal("7.12.19.0", bench.Card.Status.Firmware.ToString());
        bench.Card.LoadFirmware("7.12.19");
        Assert.Null(bench.Card.Status.Firmware);
    }
}
