using System.Net;

namespace Toe.Chelsio.Policy;

/// <summary>What a loaded policy makes of the sockets that are steered, and of those that are not.</summary>
/// <param name="KeepsOff">True when a socket that is not steered stays on the host stack, whatever else it is.</param>
/// <param name="TakesActive">False when no steered connect is offloaded.</param>
/// <param name="TakesPassive">False when no steered listener, or none of its connections, is offloaded.</param>
internal readonly record struct CopControl(bool KeepsOff, bool TakesActive, bool TakesPassive)
{
    /// <summary>Judges a policy.</summary>
    public static CopControl Of(CopPolicy policy, ChelsioOptions options)
    {
        // A steered socket, and one that is not: mark 0, and every class of traffic but ours.
        var plain = PlainClasses(options).All(trafficClass =>
            Ask(policy, CopOpen.Active, 0, trafficClass) == CopAnswer.Host
            && (Ask(policy, CopOpen.Listen, 0, trafficClass) == CopAnswer.Host || Ask(policy, CopOpen.Passive, 0, null) == CopAnswer.Host));
        return new CopControl(
            plain,
            Ask(policy, CopOpen.Active, Mark(options), Class(options)) != CopAnswer.Host,
            Ask(policy, CopOpen.Listen, Mark(options), Class(options)) != CopAnswer.Host && Ask(policy, CopOpen.Passive, Mark(options), null) != CopAnswer.Host);
    }

    /// <summary>Answers for one steered connect.</summary>
    public static CopAnswer AskActive(CopPolicy policy, ChelsioOptions options, IPEndPoint? local, IPEndPoint remote, out CopRule? decisive) => policy.Ask(
        new CopQuestion(CopOpen.Active) { Source = local, Destination = remote, Mark = Mark(options), TrafficClass = Class(options) }, out decisive);

    private static CopAnswer Ask(CopPolicy policy, CopOpen open, long? mark, int? trafficClass) =>
        policy.Ask(new CopQuestion(open) { Mark = mark, TrafficClass = trafficClass }, out _);

    private static long Mark(ChelsioOptions options) => options.Mark ?? 0;

    private static int? Class(ChelsioOptions options) => options.Dscp is { } dscp ? dscp << 2 : null;

    private static IEnumerable<int?> PlainClasses(ChelsioOptions options) =>
        options.Dscp is { } ours ? Enumerable.Range(0, 64).Where(dscp => dscp != ours).Select(static dscp => (int?)(dscp << 2)) : [null];
}
