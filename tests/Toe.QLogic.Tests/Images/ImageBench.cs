using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Toe.Firmware;
using Toe.Linux;
using Toe.Testing;

namespace Toe.QLogic.Tests.Images;

/// <summary>A stack with the QLogic provider on a machine that is played back. Peers everywhere speak rsockets, by its policy.</summary>
internal sealed class ImageBench : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private ImageBench(HostImage image, ToeStack stack) => (Image, Stack) = (image, stack);

    /// <summary>On the link of eth2, as the images have it.</summary>
    public static IPEndPoint OnLink { get; } = new(IPAddress.Parse("198.51.100.99"), 443);

    public HostImage Image { get; }

    public ToeStack Stack { get; }

    public IEnumerable<string> Ids => Stack.Adapters.Select(static adapter => adapter.Identity.Id);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static HostImage Open(string name) => HostImage.Open(Repository.PathOf("samples", "images", name));

    public static Task<ImageBench> StartAsync(string name) => StartAsync(Open(name));

    public static async Task<ImageBench> StartAsync(HostImage image)
    {
        var stack = ToeStack.Create(toe =>
        {
            toe.Services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
                [new("Toe:Diagnostics:Endpoint", "false"), new("Toe:Policy:Rules:0:Name", "all"), new("Toe:Policy:Rules:0:RdmaPort", "7471")]).Build());
            toe.UseHost(image).AddQLogic();
        });
        await stack.StartAsync(Token);
        return new ImageBench(image, stack);
    }

    public IToeAdapter Adapter(string address) => Stack.Adapters.Single(adapter => adapter.Identity.Id == $"qlogic:{address}");

    public FirmwareAssessment Firmware(string address) => Stack.GetFirmwareAssessment($"qlogic:{address}")!;

    /// <summary>The image goes on to a moment, and the stack notices.</summary>
    public async Task MoveToAsync(string moment, Func<bool> noticed)
    {
        Image.MoveTo(moment);
        await UntilAsync(noticed);
    }

    public static async Task UntilAsync(Func<bool> happened)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(Patience);
        while (!happened())
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
    }

    public ValueTask DisposeAsync() => Stack.DisposeAsync();
}
