using System.Runtime.Versioning;

namespace Toe.Linux.Live;

/// <summary>Puts netlink questions to the kernel: one at a time, over sockets of the network namespace in which this was made.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LiveNetlink : IDisposable
{
    private const int LongestRequest = 32 * 1024;

    private readonly Lock _lock = new();
    private readonly NetlinkSocket _route = new();
    private readonly NetlinkSocket _generic = new(NetlinkSocket.ProtocolGeneric);
    private readonly Dictionary<string, GenericFamily> _families = new(StringComparer.Ordinal);
    private bool _disposed;

    public HostAnswer<IReadOnlyList<byte[]>> Ask(NetlinkQuestion question)
    {
        if (question.Payload.Length > LongestRequest)
            return HostAnswers.Failed<IReadOnlyList<byte[]>>(ErrorNumber.InvalidArgument, "the request is too long");
        lock (_lock)
        {
            if (_disposed)
                return HostAnswers.Failed<IReadOnlyList<byte[]>>(ErrorNumber.BadDescriptor, "the host was disposed");
            try
            {
                return question.Family switch
                {
                    "route" => AskRoute(question),
                    "netfilter" => AskNetfilter(question),
                    _ => AskGeneric(question),
                };
            }
            catch (LinuxException exception)
            {
                return HostAnswers.Failed<IReadOnlyList<byte[]>>(exception.ErrorNumber, exception.Message);
            }
        }
    }

    /// <summary>The number of a generic family's multicast group; null where there is none.</summary>
    public uint? FindGroup(string family, string group)
    {
        lock (_lock)
            return !_disposed && Find(family, out _) is { } found && found.Groups.TryGetValue(group, out var id) ? id : null;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _route.Dispose();
            _generic.Dispose();
        }
    }

    private HostAnswer<IReadOnlyList<byte[]>> AskRoute(NetlinkQuestion question)
    {
        var writer = Begin(question, (ushort)question.Command);
        // The family's own header may be left out of a dump of everything; the kernel wants it whole.
        Span<byte> header = stackalloc byte[16];
        writer.WriteBytes(question.Payload.IsEmpty ? header[..HeaderOf(question.Command)] : question.Payload.Span);
        return Collect(_route, writer.Finish(), question.IsDump);
    }

    /// <summary>Seldom asked: a socket for each question.</summary>
    private static HostAnswer<IReadOnlyList<byte[]>> AskNetfilter(NetlinkQuestion question)
    {
        using var socket = new NetlinkSocket(NetlinkSocket.ProtocolNetfilter);
        var writer = Begin(question, (ushort)question.Command);
        writer.WriteBytes(question.Payload.Span);
        return Collect(socket, writer.Finish(), question.IsDump);
    }

    private HostAnswer<IReadOnlyList<byte[]>> AskGeneric(NetlinkQuestion question)
    {
        for (var again = false; ; again = true)
        {
            if (Find(question.Family, out var failure) is not { } family)
                return HostAnswers.Failed<IReadOnlyList<byte[]>>(failure.ErrorNumber, failure.Text);
            var writer = Begin(question, family.Id);
            writer.Write(GenericFamilies.Header((byte)question.Command, question.Version));
            writer.WriteBytes(question.Payload.Span);
            var answer = Collect(_generic, writer.Finish(), question.IsDump);
            if (answer.ErrorNumber != ErrorNumber.NoEntry || again)
                return answer;
            _families.Remove(question.Family); // A module that was loaded again has another number.
        }
    }

    private GenericFamily? Find(string name, out NetlinkOutcome failure)
    {
        failure = default;
        if (_families.TryGetValue(name, out var known))
            return known;
        var family = GenericFamilies.Find(_generic, name, out failure);
        if (family is not null)
            _families[name] = family;
        return family;
    }

    private static NetlinkWriter Begin(NetlinkQuestion question, ushort type) => new(
        new byte[question.Payload.Length + 64], type, (ushort)(NetlinkMessageHeader.FlagRequest | (question.IsDump ? NetlinkMessageHeader.FlagDump : 0)));

    private static HostAnswer<IReadOnlyList<byte[]>> Collect(NetlinkSocket socket, Span<byte> request, bool isDump)
    {
        var messages = new List<byte[]>();
        long bytes = 0;
        void Take(NetlinkMessage message)
        {
            bytes += message.Payload.Length;
            if (bytes <= HostLimits.NetlinkAnswer)
                messages.Add(message.Payload.ToArray());
        }

        var outcome = isDump ? socket.Dump(request, () => (messages, bytes) = ([], 0), Take) : socket.Request(request, Take);
        if (outcome.ErrorNumber != 0)
            return HostAnswers.Failed<IReadOnlyList<byte[]>>(outcome.ErrorNumber, outcome.Text);
        return bytes > HostLimits.NetlinkAnswer
            ? HostAnswers.Failed<IReadOnlyList<byte[]>>(ErrorNumber.FileTooBig)
            : HostAnswers.Found<IReadOnlyList<byte[]>>(messages);
    }

    /// <summary>The length of the header behind nlmsghdr: ifinfomsg, ifaddrmsg, rtmsg, ndmsg or fib_rule_hdr.</summary>
    private static int HeaderOf(int command) => command switch
    {
        RouteMessageType.GetLink => InterfaceInfoMessage.Size,
        RouteMessageType.GetAddress => InterfaceAddressMessage.Size,
        _ => RouteMessage.Size,
    };
}
