using System.Text;
using Grpc.Core;

namespace Toe.WebProbe;

/// <summary>A gRPC service whose messages are plain text, so that it needs no code generator.</summary>
[BindServiceMethod(typeof(EchoService), nameof(Bind))]
public class EchoService
{
    private static readonly Marshaller<string> Text = Marshallers.Create(Encoding.UTF8.GetBytes, Encoding.UTF8.GetString);

    /// <summary>How clients call <see cref="One"/>.</summary>
    public static Method<string, string> OneMethod { get; } = new(MethodType.Unary, "toe.Echo", nameof(One), Text, Text);

    /// <summary>How clients call <see cref="Many"/>.</summary>
    public static Method<string, string> ManyMethod { get; } = new(MethodType.DuplexStreaming, "toe.Echo", nameof(Many), Text, Text);

    /// <summary>Called by ASP.NET, without a service, to learn the methods.</summary>
    public static void Bind(ServiceBinderBase binder, EchoService? service)
    {
        ArgumentNullException.ThrowIfNull(binder);
        binder.AddMethod(OneMethod, service is null ? null : service.One);
        binder.AddMethod(ManyMethod, service is null ? null : service.Many);
    }

    /// <summary>Answers one message with itself.</summary>
    public virtual Task<string> One(string request, ServerCallContext context) => Task.FromResult(request);

    /// <summary>Answers each message of a stream with itself.</summary>
    public virtual async Task Many(IAsyncStreamReader<string> requests, IServerStreamWriter<string> responses, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(responses);
        ArgumentNullException.ThrowIfNull(context);
        await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
            await responses.WriteAsync(request, context.CancellationToken);
    }
}
