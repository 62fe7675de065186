using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Toe.Firmware;
using Toe.Policy;

namespace Toe.Hosting;

/// <summary>What a stack takes from its service provider, which owns all of it.</summary>
internal sealed record StackServices(
    IOptionsMonitor<ToeOptions> Options, PolicyEngine Policy, FirmwareJudge Judge, IFirmwareCatalogueSource Catalogue, ConformanceReportSource Reports,
    ILoggerFactory Logging, TimeProvider Time, IMeterFactory? MeterFactory);
