using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Toe.Linux;
using Toe.Testing;

namespace Toe.Chelsio.Tests.Images;

/// <summary>A stack with the Chelsio provider on one of the sample images.</summary>
internal sealed class ImageBench : IAsyncDisposable
{
    private ImageBench(HostImage image, ToeStack stack)
    {
        Image = image;
        Stack = stack;
    }

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    /// <summary>On the first card's link, as the images have it.</summary>
    public static IPEndPoint OnCard { get; } = new(IPAddress.Parse("198.51.100.99"), 443);

    public HostImage Image { get; }

    public ToeStack Stack { get; }

    public IToeAdapter Card => Stack.Adapters.First();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static HostImage Open(string name) => HostImage.Open(Repository.PathOf("samples", "images", name));

    public static Task<ImageBench> StartAsync(string image, int? mark = 12) => StartAsync(Open(image), mark);

    public static async Task<ImageBench> StartAsync(HostImage image, int? mark = 12)
    {
        var stack = ToeStack.Create(toe =>
        {
            toe.Services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Toe:Diagnostics:Endpoint", "false")]).Build());
            toe.UseHost(image).AddChelsio(options => options.Mark = mark);
        });
        await stack.StartAsync(Token);
        return new ImageBench(image, stack);
    }

    /// <summary>The image goes on to a moment, and the stack notices.</summary>
    public async Task MoveToAsync(string moment, Func<bool> noticed)
    {
        Image.MoveTo(moment);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(Patience);
        while (!noticed())
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
    }

    public static TcpListener HostServer()
    {
        var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        return server;
    }

    public ValueTask DisposeAsync() => Stack.DisposeAsync();
}
