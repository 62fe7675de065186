using System.Net;

namespace Toe.Chelsio.Policy;

/// <summary>What a loaded policy makes of sockets.</summary>
/// <param name="KeepsOff">True when a socket that is not steered stays on the host stack, whatever else it is.</param>
/// <param name="TakesActive">False when no connect at all is offloaded.</param>
/// <param name="TakesPassive">False when no listener at all, or none of its connections, is offloaded.</param>
internal readonly record struct CopControl(bool KeepsOff, bool TakesActive, bool TakesPassive)
{
    /// <summary>Judges a policy.</summary>
    public static CopControl Of(CopPolicy policy, ChelsioOptions options) => new(
        PlainClasses(options).All(trafficClass => KeepsOffPlain(policy, trafficClass)),
        policy.Ask(new CopQuestion(CopOpen.Active), out _) != CopAnswer.Host,
        policy.Ask(new CopQuestion(CopOpen.Listen), out _) != CopAnswer.Host && policy.Ask(new CopQuestion(CopOpen.Passive), out _) != CopAnswer.Host);

    /// <summary>Answers for one connect that is steered.</summary>
    public static CopAnswer AskActive(CopPolicy policy, ChelsioOptions options, IPEndPoint? local, IPEndPoint remote, out CopRule? decisive) => policy.Ask(
        new CopQuestion(CopOpen.Active) { Source = local, Destination = remote, Mark = options.Mark ?? 0, TrafficClass = Class(options) }, out decisive);

    /// <summary>Answers for one listener that is steered, and what comes to it.</summary>
    public static CopAnswer AskListen(CopPolicy policy, ChelsioOptions options, IPEndPoint local, out CopRule? decisive)
    {
        var listen = policy.Ask(new CopQuestion(CopOpen.Listen) { Source = local, Mark = options.Mark ?? 0, TrafficClass = Class(options) }, out decisive);
        return listen == CopAnswer.Host
            ? listen
            : policy.Ask(new CopQuestion(CopOpen.Passive) { Destination = local, Mark = options.Mark ?? 0 }, out decisive);
    }

    private static bool KeepsOffPlain(CopPolicy policy, int? trafficClass) =>
        policy.Ask(new CopQuestion(CopOpen.Active) { Mark = 0, TrafficClass = trafficClass }, out _) == CopAnswer.Host
        && (policy.Ask(new CopQuestion(CopOpen.Listen) { Mark = 0, TrafficClass = trafficClass }, out _) == CopAnswer.Host
            || policy.Ask(new CopQuestion(CopOpen.Passive) { Mark = 0 }, out _) == CopAnswer.Host);

    private static int? Class(ChelsioOptions options) => options.Dscp is { } dscp ? dscp << 2 : null;

    /// <summary>Every class of traffic that a socket may have and that does not steer it.</summary>
    private static IEnumerable<int?> PlainClasses(ChelsioOptions options) =>
        options.Dscp is { } ours ? Enumerable.Range(0, 64).Where(dscp => dscp != ours).Select(static dscp => (int?)(dscp << 2)) : [null];
}
