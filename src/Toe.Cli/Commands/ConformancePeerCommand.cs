using System.CommandLine;
using System.Net;
using Toe.Conformance;

namespace Toe.Cli.Commands;

/// <summary><c>toe conformance peer</c>: lends this machine's sockets to a kit on another one.</summary>
internal static class ConformancePeerCommand
{
    public static Command Create()
    {
        var control = new Argument<string>("CONTROL") { Description = "Where kits connect: ADDRESS:PORT on a trusted network; port 0 leaves it open." };
        var address = new Option<string[]>("--address") { Description = "This machine's address that the adapter reaches; default the one of CONTROL. Repeatable, one of a family.", HelpName = "ADDRESS" };
        var ready = new Option<string?>("--ready-file") { Description = "Write the endpoint here once kits can connect.", HelpName = "PATH" };
        var command = new Command("peer", "Be the peer of an adapter that is tried on another machine: toe conformance --adapter SPEC --peer CONTROL.") { control, address, ready };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var text = parsed.GetValue(control)!;
            if (!IPEndPoint.TryParse(text, out var endPoint))
                throw new UsageException($"{text}: ADDRESS:PORT is needed.");
            var addresses = (parsed.GetValue(address) ?? []).Select(static one => IPAddress.TryParse(one, out var parsedOne) ? parsedOne : throw new UsageException($"--address {one}: no address.")).ToList();
            if (addresses.Count == 0)
                addresses.Add(endPoint.Address);
            if (addresses.Any(static one => one.Equals(IPAddress.Any) || one.Equals(IPAddress.IPv6Any)))
                throw new UsageException("The any-address is no address that an adapter reaches: name one with --address.");
            var readyFile = parsed.GetValue(ready) is { } path ? new ReadyFile(path) : null;
            var server = new RemotePeerServer(endPoint, PeerAt(addresses));
            await using (server.ConfigureAwait(false))
            {
                if (readyFile is not null)
                    await readyFile.WriteAsync(server.EndPoint.ToString(), cancellationToken).ConfigureAwait(false);
                Console.Out.WriteLine($"Waiting for kits at {server.EndPoint}");
                await server.RunAsync(cancellationToken).ConfigureAwait(false);
                return ExitCode.Done;
            }
        });
        return command;
    }

    /// <summary>The adapter's addresses are the kit's to know.</summary>
    private static SocketPeer PeerAt(List<IPAddress> addresses)
    {
        var first = addresses[0];
        var second = addresses.Find(one => one.AddressFamily != first.AddressFamily);
        return new SocketPeer(first, first) { Second = second is null ? null : new PeerAddresses(second, second) };
    }
}
