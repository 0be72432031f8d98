"""The frozen nets' shapes: Eye looks at a picture, Stride at a short clip. Both end in 256 features and one linear layer."""
import torch
from torch import nn

FEATURES = 256


def convolution(inputs, outputs, size, stride=1, groups=1, active=True):
    layers = [nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, *([nn.ReLU()] if active else []))


class Excite(nn.Module):
    """Squeeze-and-excitation (Hu et al. 2018), to a quarter of the block's input as in EfficientNet."""

    def __init__(self, width, squeezed):
        super().__init__()
        self.down, self.up = nn.Conv2d(width, squeezed, 1), nn.Conv2d(squeezed, width, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.up(torch.relu(self.down(x.mean((2, 3), keepdim=True)))))


class Inverted(nn.Module):
    """A mobile inverted bottleneck (Sandler et al. 2018) with excitation; `fused` has one 3x3 convolution for the first two (Tan & Le 2021)."""

    def __init__(self, inputs, outputs, stride, expansion, fused=False):
        super().__init__()
        wide = inputs * expansion
        if fused:
            layers = [convolution(inputs, wide, 3, stride)]
        else:
            layers = [convolution(inputs, wide, 1), convolution(wide, wide, 3, stride, wide), Excite(wide, max(8, inputs // 4))]
        self.body = nn.Sequential(*layers, convolution(wide, outputs, 1, active=False))
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.body(x) if self.residual else self.body(x)


class Eye(nn.Module):
    """EfficientNetV2's shape made small. Mean and greatest value over the picture: what fills it, and what is small in it."""

    BLOCKS = [(24, 2, 2, True), (24, 1, 3, False), (40, 2, 4, False), (40, 1, 4, False), (80, 2, 4, False), (80, 1, 4, False)]

    def __init__(self):
        super().__init__()
        layers, width = [convolution(3, 16, 3, 2)], 16
        for outputs, stride, expansion, fused in self.BLOCKS:
            layers.append(Inverted(width, outputs, stride, expansion, fused))
            width = outputs
        self.body = nn.Sequential(*layers, convolution(width, FEATURES, 1))
        self.join = nn.Linear(2 * FEATURES, FEATURES)

    def forward(self, pictures):
        """`[n, 3, height, width]`, −1…1, to `[n, 256]`."""
        seen = self.body(pictures)
        return torch.relu(self.join(torch.cat([seen.mean((2, 3)), torch.amax(seen, (2, 3))], 1)))


def spatial(inputs, outputs, stride):
    return nn.Sequential(nn.Conv3d(inputs, outputs, (1, 3, 3), (1, stride, stride), (0, 1, 1), bias=False), nn.BatchNorm3d(outputs), nn.ReLU())


def temporal(width, stride=1):
    return nn.Sequential(nn.Conv3d(width, width, (3, 1, 1), (stride, 1, 1), (1, 0, 0), bias=False), nn.BatchNorm3d(width), nn.ReLU())


class Stride(nn.Module):
    """R(2+1)D's shape made small (Tran et al. 2018): convolutions over a frame and over time in turn."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            spatial(3, 20, 2), temporal(20), spatial(20, 40, 2), temporal(40), spatial(40, 80, 2), temporal(80, 2),
            spatial(80, 112, 1), temporal(112),
            nn.Conv3d(112, FEATURES, 1, bias=False), nn.BatchNorm3d(FEATURES), nn.ReLU(),
        )
        self.join = nn.Linear(2 * FEATURES, FEATURES)

    def forward(self, clips):
        """`[n, 3, 8, 64, 64]`, −1…1, to `[n, 256]`."""
        seen = self.body(clips)
        return torch.relu(self.join(torch.cat([seen.mean((2, 3, 4)), torch.amax(seen, (2, 3, 4))], 1)))


def folded(net):
    """The same net in its deployed form: batch normalisation folded into the convolution before it."""
    net = net.eval()
    for name, child in net.named_children():
        if isinstance(child, nn.Sequential):
            layers = []
            for layer in child:
                if isinstance(layer, (nn.BatchNorm2d, nn.BatchNorm3d)):
                    layers[-1] = nn.utils.fusion.fuse_conv_bn_eval(layers[-1], layer)
                else:
                    layers.append(folded(layer))
            setattr(net, name, nn.Sequential(*layers))
        else:
            folded(child)
    return net


def multiply_accumulates(net, example):
    """Of one run, counted in the convolutions and linear layers."""
    total, hooks = [0], []

    def count(layer, _, output):
        total[0] += output.numel() * layer.weight[0].numel()

    for layer in net.modules():
        if isinstance(layer, (nn.Conv2d, nn.Conv3d, nn.Linear)):
            hooks.append(layer.register_forward_hook(count))
    with torch.no_grad():
        net(example)
    for hook in hooks:
        hook.remove()
    return total[0]
