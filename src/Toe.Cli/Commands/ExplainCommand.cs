using System.CommandLine;
using System.Net;

namespace Toe.Cli.Commands;

/// <summary><c>toe explain</c>: the decision trace of a dry run.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var options = new StackOptions();
        var remote = new Argument<string?>("HOST:PORT") { Description = "The peer.", Arity = ArgumentArity.ZeroOrOne };
        var listen = new Option<string?>("--listen") { Description = "Explain a listener instead.", HelpName = "ADDR" };
        var command = new Command("explain", "Say where a connection would run, and why; nothing is reserved or opened.") { remote, listen };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var peer = parsed.GetValue(remote);
            var local = parsed.GetValue(listen);
            if (peer is null == local is null)
                throw new UsageException("explain takes HOST:PORT or --listen ADDR, one of the two.");
            var stack = await options.CreateStackAsync(parsed, cancellationToken).ConfigureAwait(false);
            await using (stack.ConfigureAwait(false))
            {
                var mode = parsed.GetValue(options.Mode);
                var trace = peer is not null
                    ? stack.Explain(new ToeConnectRequest(await ResolveAsync(peer, cancellationToken).ConfigureAwait(false)) { Mode = mode })
                    : stack.Explain(new ToeListenRequest(EndpointArgument.ParseAddress(local!)) { Mode = mode });
                Console.Out.WriteLine(parsed.GetValue(options.Json) ? trace.ToJson() : trace.ToString());
                return trace.Failed ? ExitCode.Failed : ExitCode.Done;
            }
        });
        return command;
    }

    private static async Task<IPEndPoint> ResolveAsync(string text, CancellationToken cancellationToken)
    {
        if (EndpointArgument.ParseRemote(text) is IPEndPoint endpoint)
            return endpoint;
        var name = (DnsEndPoint)EndpointArgument.ParseRemote(text);
        var addresses = await Dns.GetHostAddressesAsync(name.Host, cancellationToken).ConfigureAwait(false);
        return new IPEndPoint(addresses[0], name.Port);
    }
}
