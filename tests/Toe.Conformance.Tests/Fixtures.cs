using Toe.Cli.Conforming;
using Toe.Emulated;

namespace Toe.Conformance.Tests;

/// <summary>The tool's own fixtures, for a card on a fabric.</summary>
internal static class Fixtures
{
    /// <summary>For what must pass, however busy the machine is.</summary>
    public static ConformanceOptions Patient { get; } = new() { Deadline = TimeSpan.FromMinutes(1) };

    public static FabricFixture Fabric(CardProfile? profile = null) =>
        new(new EmulatedFabricOptions { Card = new EmulatedCardOptions { Name = "tried", Profile = profile ?? CardProfile.Default } });

    public static BrokenFixture Broken(BrokenVariant variant) => new(Fabric(), variant);
}
