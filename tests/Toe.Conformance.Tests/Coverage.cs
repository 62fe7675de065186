using System.Reflection;
using Toe.Testing;

namespace Toe.Conformance.Tests;

/// <summary>Which requirements prove something about which part of the contract that a provider keeps.</summary>
internal static class Coverage
{
    private static readonly Type[] Kept =
    [
        typeof(IToeProvider), typeof(IProviderHost), typeof(Discovery), typeof(NotTaken), typeof(IToeAdapter), typeof(AdapterIdentity), typeof(AdapterStatus), typeof(AdapterCapabilities), typeof(FirmwarePart),
        typeof(ToeBudget), typeof(OpenRequest), typeof(OpenResult), typeof(AdapterListenRequest), typeof(ListenResult), typeof(ConnectResult), typeof(IncomingConnection), typeof(IToeAdapterListener),
        typeof(IToeAdapterSocket), typeof(AdapterSocketInfo), typeof(IAdapterEvents), typeof(IAdapterListenerEvents), typeof(IAdapterSocketEvents), typeof(IExportsState), typeof(IImportsState),
        typeof(IMoveSource), typeof(IMoveTarget), typeof(PrepareResult), typeof(TcpConnectionState), typeof(ICapturesPackets), typeof(ICaptureReceiver), typeof(CaptureResult), typeof(ILendsBuffers),
        typeof(IReportsCounters), typeof(AdapterCounter), typeof(IReportsNotes), typeof(AdapterNote), typeof(ISocketBacked), typeof(ISteersHostSockets),
        typeof(ConnectOutcome), typeof(IoStatus), typeof(Readiness), typeof(AdapterHealth), typeof(AddressModel), typeof(AdapterFeatures), typeof(EvidenceLevel), typeof(FactSource), typeof(CaptureLinkType),
    ];

    /// <summary>What no requirement covers, and why.</summary>
    public static IReadOnlyDictionary<string, string> Uncovered { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["IProviderHost.Logging"] = "what a provider logs is its own affair",
        ["IProviderHost.Time"] = "which clock a provider uses cannot be seen from outside",
        ["IAdapterSocketEvents.OnUploadWanted"] = "no fixture can provoke the wish yet",
        ["ICaptureReceiver.MaximumPacket"] = "a packet may be given whole, whatever it says",
        ["ICaptureReceiver.Lost"] = "a loss cannot be provoked",
        ["ISocketBacked.Socket"] = "requirements on connections are tried on the kernel socket itself",
        ["ISocketBacked.SendDeadline"] = "when a module's sockets hang, a dead card decides",
    };

    /// <summary>Reasons that no requirement covers and no test provokes, and why.</summary>
    public static IReadOnlyDictionary<string, string> Unprovoked { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Environment.OperatingSystem"] = "it takes another operating system",
    };

    /// <summary>Every member, in the order of the contract, with the requirements that cover it.</summary>
    public static IEnumerable<(string Member, IReadOnlyList<string> Ids)> Members()
    {
        var covering = ConformanceKit.Requirements.SelectMany(static requirement => requirement.Covers.Select(member => (member, requirement.Id))).ToLookup(static pair => pair.member, static pair => pair.Id, StringComparer.Ordinal);
        foreach (var type in Kept)
        {
            foreach (var name in NamesOf(type).Distinct(StringComparer.Ordinal))
                yield return ($"{type.Name}.{name}", [.. covering[$"{type.Name}.{name}"].Distinct(StringComparer.Ordinal)]);
        }
    }

    /// <summary>Every reason, with the requirements that cover it and the repository's test that provokes it, by the page of reasons; the test may be owed still.</summary>
    public static IEnumerable<(string Name, IReadOnlyList<string> Ids, string Test)> Reasons()
    {
        var tests = File.ReadLines(Repository.PathOf("docs", "reasons.md")).Where(static line => line.StartsWith("| 0x", StringComparison.Ordinal))
            .Select(static line => line.Trim().Trim('|').Split(" | ")).ToDictionary(static cells => cells[1].Trim(), static cells => cells[^1].Trim(), StringComparer.Ordinal);
        foreach (var reason in ToeReasons.All)
        {
            var ids = ConformanceKit.Requirements.Where(requirement => requirement.Covers.Contains(reason.Name)).Select(static requirement => requirement.Id)
                .Concat(StackRequirements.All.Where(requirement => requirement.Source == reason.Name).Select(static requirement => requirement.Id));
            yield return (reason.Name, [.. ids], tests.GetValueOrDefault(reason.Name, ""));
        }
    }

    private static IEnumerable<string> NamesOf(Type type)
    {
        if (type.IsEnum)
            return Enum.GetNames(type).Where(static name => name != "None");
        var own = type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(static member => member is PropertyInfo { Name: not "EqualityContract" } || (member is MethodInfo { IsSpecialName: false } && member.DeclaringType!.IsInterface))
            .Select(static member => member.Name);
        return type.IsInterface && typeof(IAsyncDisposable).IsAssignableFrom(type) ? own.Append("DisposeAsync") : own;
    }
}
