using KestrelOverToe;
using Toe.Emulated;
using Toe.Emulated.Links;

// Usage: dotnet run --project samples/KestrelOverToe                                      a demonstration that ends by itself; as root over a TAP device
//        dotnet run --project samples/KestrelOverToe -- --tap DEVICE ADDRESS/LENGTH       serves on the engine's address behind a TAP device, until Ctrl+C
//        dotnet run --project samples/KestrelOverToe -- --interface DEVICE ADDRESS        serves on an interface that it shares with the kernel, until Ctrl+C
try
{
    switch (args)
    {
        case []:
            return OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Programs.Find("ip") is not null && Programs.Find("curl") is not null
                ? await new TapDemonstration().RunAsync()
                : await FabricDemonstration.RunAsync();
        case ["--tap", var device, var address] when InterfaceAddress.TryParse(address, out var own):
            await ServeAsync(WebSite.Build(new EmulatedTapOptions(device, [own]) { Card = new EmulatedCardOptions { Name = device } }, own.Address, httpPort: 80, httpsPort: 443));
            return 0;
        case ["--interface", var device, var address] when System.Net.IPAddress.TryParse(address, out var hosts):
            await ServeAsync(WebSite.Build(new EmulatedInterfaceOptions(device) { Card = new EmulatedCardOptions { Name = device } }, hosts, httpPort: 8080, httpsPort: 8443));
            return 0;
        default:
            Console.Error.WriteLine("usage: KestrelOverToe [--tap DEVICE ADDRESS/LENGTH | --interface DEVICE ADDRESS]");
            return 2;
    }
}
catch (OperationCanceledException)
{
    return 130; // Interrupted.
}
catch (Exception exception)
{
    Console.Error.WriteLine($"failed: {exception.Message}");
    return 1;
}

static async Task ServeAsync(WebApplication site)
{
    await using var owned = site;
    await site.StartAsync();
    Console.WriteLine($"serving {string.Join(" and ", site.Urls)}");
    await site.WaitForShutdownAsync(); // SIGTERM and Ctrl+C let what runs finish.
}
